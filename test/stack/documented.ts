// Holds answers against the OpenAPI document that the platform serves: status, headers, body.
import { z } from 'zod';
import type { Reply } from './send.ts';

type Header = { schema: { type?: string } };
type Content = { 'application/json'?: { schema: object } };
type Response = { headers?: Record<string, Header>; content?: Content };
type Operation = { responses: Record<string, Response>; requestBody?: { content: { 'application/json': { example: unknown } } } };
export type Document = { paths: Record<string, Record<string, Operation>>; components: { schemas: object } };

/** Headers that tell something about an answer: one of them that is not in the document is a promise that nobody reads. */
const TELLING = [
  'allow',
  'deprecation',
  'etag',
  'idempotent-replayed',
  'link',
  'location',
  'ratelimit',
  'retry-after',
  'sunset',
  'www-authenticate',
  'x-cache',
  'x-ratelimit-limit',
];
/** Those that an answer has only sometimes. */
const NOT_ALWAYS: ReadonlySet<string> = new Set(['age', 'idempotent-replayed', 'retry-after']);

/** The document of a version, with its references in place of what they name but for schemas, which may lead back to themselves. */
export async function readDocument(url: string, { prefix }: { readonly prefix: string }): Promise<Document> {
  const text = await (await fetch(`${url}${prefix}/openapi.json`)).text();
  const document = JSON.parse(text);
  return JSON.parse(text, (_, value: { $ref?: string }) =>
    /^#\/components\/(?:headers|responses|parameters)\//.test(value?.$ref ?? '') ? resolve(document, value.$ref ?? '') : value,
  );
}

function resolve(document: Record<string, never>, reference: string): unknown {
  const found = reference
    .slice(2)
    .split('/')
    .reduce<Record<string, never>>((at, name) => at[name] ?? {}, document) as unknown as Response;
  const headers = Object.entries(found.headers ?? {}).map(([name, header]) => {
    const { $ref } = header as unknown as { $ref?: string };
    return [name, $ref === undefined ? header : resolve(document, $ref)];
  });
  return found.headers === undefined ? found : { ...found, headers: Object.fromEntries(headers) };
}

/** What of an answer the document does not say, or says otherwise. */
export function undocumented(
  { paths, components }: Document,
  method: string,
  path: string,
  { status, headers, body, text }: Reply,
): string[] {
  const documented = paths[path]?.[method.toLowerCase()]?.responses[status];
  if (documented === undefined) return [`the status ${status}: ${text}`];
  const promised = new Map(Object.entries(documented.headers ?? {}).map(([name, header]) => [name.toLowerCase(), header]));
  const missing = [...promised.keys()].filter((name) => !headers.has(name) && !NOT_ALWAYS.has(name));
  const unknown = TELLING.filter((name) => headers.has(name) && !promised.has(name));
  const schema = documented.content?.['application/json']?.schema;
  const problems = schema === undefined ? (text === '' ? [] : ['a body']) : mismatches(schema, components.schemas, body);
  return [...missing.map((name) => `no ${name}`), ...unknown.map((name) => `a header ${name}`), ...problems];
}

function mismatches(schema: object, schemas: object, body: unknown): string[] {
  const whole = JSON.stringify({ ...schema, $defs: schemas }).replaceAll('"#/components/schemas/', '"#/$defs/');
  const parsed = z.fromJSONSchema(JSON.parse(whole, strict)).safeParse(body);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

/** An object has the properties that are declared, and no others. */
function strict(_: string, value: { type?: unknown; properties?: object }): unknown {
  const isObject = [value?.type].flat().includes('object') && value.properties !== undefined;
  return isObject && !('additionalProperties' in value) ? { ...value, additionalProperties: false } : value;
}
