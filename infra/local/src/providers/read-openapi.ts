// An OpenAPI 3.0 or 3.1 document as a described provider. References inside the document are followed; those to other files are refused.
import { z } from 'zod';
import { type DescribedAuth, type DescribedOperation, type DescribedProvider, nameFrom, UnreadableSource } from './described-provider.ts';
import { redactSample } from './redact-sample.ts';
import type { JsonSchema } from './zod-source.ts';

// What is read is checked in its outline; schemas are taken as they are, for `zodSource` makes `z.unknown()` of what it does not know.
const schema = z.custom<JsonSchema>((value) => typeof value === 'object' && value !== null);
const content = z.record(z.string(), z.object({ schema: schema.optional(), example: z.unknown().optional() })).optional();
const parameter = z.object({ name: z.string(), in: z.string(), required: z.boolean().optional(), schema: schema.optional() });
const operation = z.object({
  operationId: z.string().optional(),
  parameters: z.array(z.unknown()).default([]),
  requestBody: z.unknown().optional(),
  responses: z.record(z.string(), z.unknown()).default({}),
});
const scheme = z.object({
  type: z.string(),
  scheme: z.string().optional(),
  in: z.enum(['header', 'query', 'cookie']).optional(),
  name: z.string().optional(),
  flows: z
    .object({
      clientCredentials: z.object({ tokenUrl: z.string(), scopes: z.record(z.string(), z.string()).default({}) }).optional(),
    })
    .optional(),
});
const document = z.object({
  openapi: z.string().regex(/^3\.[01]\./, 'must be 3.0 or 3.1'),
  servers: z.array(z.object({ url: z.string() })).default([]),
  paths: z.record(z.string().startsWith('/'), z.record(z.string(), z.unknown())).default({}),
  components: z
    .object({ schemas: z.record(z.string(), schema).default({}), securitySchemes: z.record(z.string(), z.unknown()).default({}) })
    .default({ schemas: {}, securitySchemes: {} }),
});

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'] as const;

/** Throws UnreadableSource. `source`: parsed JSON. */
export function readOpenapi(source: unknown): DescribedProvider {
  const parsed = document.safeParse(source);
  if (!parsed.success) throw new UnreadableSource(`This is no OpenAPI document that can be read: ${z.prettifyError(parsed.error)}`);
  const { servers, paths, components } = parsed.data;
  const baseUrl = servers[0]?.url ?? '';
  if (!/^https?:\/\//.test(baseUrl)) throw new UnreadableSource('servers[0].url must be a whole address.');
  const look = lookUp(source);
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (item[method] === undefined ? [] : [readOperation(path, method, item, look)])),
  );
  const twice = operations.find(({ name }, index) => operations.findIndex((other) => other.name === name) < index);
  if (twice !== undefined) throw new UnreadableSource(`Two operations would be called ${twice.name}: give them other operationIds.`);
  const schemes = Object.values(components.securitySchemes).map((given) => scheme.parse(look(given)));
  return { baseUrl: baseUrl.replace(/\/+$/, ''), auth: readAuth(schemes), operations, schemas: components.schemas };
}

type LookUp = (value: unknown) => unknown;

/** What a reference points to, or the value itself. */
function lookUp(source: unknown): LookUp {
  const look = (value: unknown): unknown => {
    const ref: unknown = typeof value === 'object' && value !== null && '$ref' in value ? value.$ref : undefined;
    if (typeof ref !== 'string') return value;
    if (!ref.startsWith('#/')) throw new UnreadableSource(`The reference ${ref} leaves the document.`);
    const names = ref
      .slice(2)
      .split('/')
      .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
    const found = names.reduce<unknown>((at, name) => (isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined), source);
    if (found === undefined) throw new UnreadableSource(`There is nothing at ${ref}.`);
    return look(found);
  };
  return look;
}

function readOperation(
  path: string,
  method: DescribedOperation['method'],
  item: Record<string, unknown>,
  look: LookUp,
): DescribedOperation {
  const read = operation.safeParse(look(item[method]));
  if (!read.success) throw new UnreadableSource(`${method.toUpperCase()} ${path}: ${z.prettifyError(read.error)}`);
  const { operationId = `${method} ${path}`, parameters, requestBody, responses } = read.data;
  const shared: unknown[] = Array.isArray(item.parameters) ? item.parameters : [];
  const all = [...shared, ...parameters].map((given) => parameter.parse(look(given)));
  const success = Object.entries(responses).find(([status]) => /^2/.test(status))?.[1];
  const inPath = all.filter((one) => one.in === 'path');
  return {
    name: nameFrom(operationId),
    method,
    path,
    params: inPath.length === 0 ? undefined : partOf(inPath.map((one) => ({ ...one, required: true }))),
    query: partOf(all.filter((one) => one.in === 'query')),
    body: jsonOf(look(requestBody))?.schema,
    response: jsonOf(look(success))?.schema,
    fixture: redactSample(jsonOf(look(success))?.example),
    idempotencyHeader: all.find((one) => one.in === 'header' && /idempotency/i.test(one.name))?.name,
  };
}

function partOf(parameters: readonly z.output<typeof parameter>[]): JsonSchema | undefined {
  if (parameters.length === 0) return undefined;
  const required = parameters.filter((one) => one.required === true).map(({ name }) => name);
  return {
    type: 'object',
    required,
    properties: Object.fromEntries(parameters.map((one) => [one.name, one.schema ?? { type: 'string' }])),
  };
}

function jsonOf(value: unknown): { schema?: JsonSchema; example?: unknown } | undefined {
  const parsed = z.object({ content }).safeParse(value);
  if (!parsed.success) return undefined;
  const [, json] = Object.entries(parsed.data.content ?? {}).find(([type]) => /^application\/(?:[\w.-]+\+)?json/.test(type)) ?? [];
  return json;
}

/** The first way that the client can do itself. */
function readAuth(schemes: readonly z.output<typeof scheme>[]): DescribedAuth {
  for (const { type, flows, scheme: http, in: place, name } of schemes) {
    if (type === 'oauth2' && flows?.clientCredentials !== undefined) {
      return { kind: 'oauth2', tokenUrl: flows.clientCredentials.tokenUrl, scopes: Object.keys(flows.clientCredentials.scopes) };
    }
    if (type === 'apiKey' && name !== undefined && (place === 'header' || place === 'query')) return { kind: 'apiKey', in: place, name };
    if (type === 'http' && http?.toLowerCase() === 'bearer') return { kind: 'bearer' };
    if (type === 'mutualTLS') return { kind: 'mtls' };
  }
  return { kind: 'none' };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
