// An OpenAPI 3.0 or 3.1 document as a described provider. References inside the document are followed; those to other files are refused.
import { z } from 'zod';
import {
  addressOf,
  type DescribedAuth,
  type DescribedOperation,
  type DescribedProvider,
  METHODS,
  nameFrom,
  UnreadableSource,
} from './described-provider.ts';
import { type JsonSchema, jsonSchema } from './json-schema.ts';
import { redactSample } from './redact-sample.ts';

const content = z.record(z.string(), z.object({ schema: jsonSchema.optional(), example: z.unknown().optional() })).optional();
const parameter = z.object({ name: z.string(), in: z.string(), required: z.boolean().optional(), schema: jsonSchema.optional() });
type Parameter = z.output<typeof parameter>;
const operation = z.object({
  operationId: z.string().optional(),
  parameters: z.array(z.unknown()).default([]),
  requestBody: z.unknown().optional(),
  responses: z.record(z.string(), z.unknown()).default({}),
});
const pathItem = z.looseObject({ parameters: z.array(z.unknown()).default([]) });
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
const server = z.object({ url: z.string(), variables: z.record(z.string(), z.object({ default: z.string() })).default({}) });
const document = z.object({
  openapi: z.string().regex(/^3\.[01]\./, 'must be 3.0 or 3.1'),
  servers: z.array(server).default([]),
  paths: z.record(z.string().startsWith('/'), z.unknown()).default({}),
  components: z
    .object({ schemas: z.record(z.string(), jsonSchema).default({}), securitySchemes: z.record(z.string(), z.unknown()).default({}) })
    .default({ schemas: {}, securitySchemes: {} }),
});

/** Throws UnreadableSource. `source`: parsed JSON. */
export function readOpenapi(source: unknown): DescribedProvider {
  const { servers, paths, components } = read(document, source, 'This is no OpenAPI document that can be read');
  const look = lookUp(source);
  const schemes = Object.entries(components.securitySchemes).map(([name, given]) =>
    read(scheme, look(given), `The security scheme ${name}`),
  );
  const auth = readAuth(schemes);
  const operations = Object.entries(paths).flatMap(([path, given]) => {
    const item = read(pathItem, look(given), path);
    return METHODS.flatMap((method) => (item[method] === undefined ? [] : [readOperation({ path, method, item, auth }, look)]));
  });
  const twice = operations.find(({ name }, index) => operations.findIndex((other) => other.name === name) < index);
  if (twice !== undefined) throw new UnreadableSource(`Two operations would be called ${twice.name}: give them other operationIds.`);
  return { baseUrl: readBase(servers[0]), auth, operations, schemas: components.schemas };
}

function read<Schema extends z.ZodType>(schema: Schema, given: unknown, where: string): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw new UnreadableSource(`${where}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function readBase({ url, variables }: z.output<typeof server> = { url: '', variables: {} }): string {
  const filled = url.replace(/\{(\w+)\}/g, (all, name: string) =>
    Object.hasOwn(variables, name) ? (variables[name]?.default ?? all) : all,
  );
  addressOf(filled, 'servers[0].url');
  return filled.replace(/\/+$/, '');
}

type LookUp = (value: unknown) => unknown;

/** What a reference points to, or the value itself. */
function lookUp(source: unknown): LookUp {
  const look = (value: unknown, followed: readonly string[] = []): unknown => {
    const ref: unknown = typeof value === 'object' && value !== null && '$ref' in value ? value.$ref : undefined;
    if (typeof ref !== 'string') return value;
    if (!ref.startsWith('#/')) throw new UnreadableSource(`The reference ${ref} leaves the document.`);
    if (followed.includes(ref)) throw new UnreadableSource(`The reference ${ref} leads back to itself.`);
    const names = ref
      .slice(2)
      .split('/')
      .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
    const found = names.reduce<unknown>((at, name) => (isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined), source);
    if (found === undefined) throw new UnreadableSource(`There is nothing at ${ref}.`);
    return look(found, [...followed, ref]);
  };
  return (value) => look(value);
}

type Place = { path: string; method: DescribedOperation['method']; item: z.output<typeof pathItem>; auth: DescribedAuth };

function readOperation({ path: written, method, item, auth }: Place, look: LookUp): DescribedOperation {
  const where = `${method.toUpperCase()} ${written}`;
  const { operationId = `${method} ${written}`, parameters, requestBody, responses } = read(operation, look(item[method]), where);
  const all = [...item.parameters, ...parameters].map((given) => read(parameter, look(given), where));
  const success = Object.entries(responses).find(([status]) => /^2/.test(status))?.[1];
  const { path, params } = readPath(written, all);
  const headers = all.filter((one) => one.in === 'header');
  return {
    name: nameFrom(operationId),
    method,
    path,
    params,
    query: partOf(all.filter((one) => one.in === 'query')),
    headers: partOf(headers.filter((one) => one.required === true && !isSentByClient(one.name, auth))),
    body: jsonOf(look(requestBody))?.schema,
    response: jsonOf(look(success))?.schema,
    fixture: redactSample(jsonOf(look(success))?.example),
    idempotencyHeader: headers.find(({ name }) => IDEMPOTENCY.test(name))?.name,
  };
}

/** The path with names that a template can have, and what stands in their place: text, where the document does not say. */
function readPath(written: string, all: readonly Parameter[]): { path: string; params: JsonSchema | undefined } {
  const names = [...written.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
  if (names.length === 0) return { path: written, params: undefined };
  const templateName = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : nameFrom(name));
  const described = names.map((name) => ({
    in: 'path',
    schema: all.find((one) => one.in === 'path' && one.name === name)?.schema,
    name: templateName(name),
    required: true,
  }));
  return { path: written.replace(/\{([^{}]*)\}/g, (_all, name: string) => `{${templateName(name)}}`), params: partOf(described) };
}

const IDEMPOTENCY = /idempotency/i;

/** OpenAPI itself says that the first three are not described by parameters. */
function isSentByClient(name: string, auth: DescribedAuth): boolean {
  const own = ['accept', 'content-type', 'authorization', auth.kind === 'apiKey' ? auth.name.toLowerCase() : ''];
  return own.includes(name.toLowerCase()) || IDEMPOTENCY.test(name);
}

function partOf(parameters: readonly Parameter[]): JsonSchema | undefined {
  const required = parameters.filter((one) => one.required === true).map(({ name }) => name);
  const properties = parameters.map(({ name, schema = { type: 'string' } }) => [name, schema] as const);
  return parameters.length === 0 ? undefined : { type: 'object', required, properties: Object.fromEntries(properties) };
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
