// A curl command that worked, with the JSON that it gave, as a described provider. What it sent as credentials becomes the name of a secret: no
// value of a header is kept. Segments of the path that look like ids become parameters.
import { parseJson } from '@portico/service-kit/parse-json';
import {
  addressOf,
  type DescribedAuth,
  type DescribedOperation,
  type DescribedProvider,
  nameFrom,
  textFields,
  UnreadableSource,
} from './described-provider.ts';
import type { JsonSchema } from './json-schema.ts';
import { type Header, readCurlWords } from './read-curl-words.ts';
import { redactSample } from './redact-sample.ts';
import { schemaOfSample } from './schema-of-sample.ts';
import { splitShellWords } from './split-shell-words.ts';

/** Throws UnreadableSource. `sample`: the parsed answer. */
export function readCurl(command: string, sample: unknown): DescribedProvider {
  const { url, method, headers, data, hasCertificate } = readCurlWords(splitShellWords(command));
  const { origin, pathname, searchParams } = addressOf(url ?? '', 'The address of the curl command');
  const auth = authOf(headers, searchParams, hasCertificate);
  if (auth.kind === 'apiKey' && auth.in === 'query') searchParams.delete(auth.name);
  const { base, path, params } = templateOf(pathname);
  const idempotencyHeader = headers.find(([name]) => /idempotency/i.test(name))?.[0];
  const operation: DescribedOperation = {
    name: nameFrom(`${method} ${path.replace(/\{\w+\}/g, '')}`),
    method,
    path,
    params: textFields(params),
    query: textFields([...new Set(searchParams.keys())]),
    body: data === undefined ? undefined : bodyOf(data),
    response: sample === undefined ? undefined : schemaOfSample(sample),
    idempotencyHeader,
    fixture: redactSample(sample),
  };
  return { baseUrl: origin + base, auth, operations: [operation], schemas: {} };
}

const KEY_NAME = /api[-_]?key|access[-_]?token|auth[-_]?token|^x-.*key$|subscription-key|^key$/i;

function authOf(headers: readonly Header[], query: URLSearchParams, hasCertificate: boolean): DescribedAuth {
  if (hasCertificate) return { kind: 'mtls' };
  if (headers.some(([name, value]) => /^authorization$/i.test(name) && /^bearer /i.test(value))) return { kind: 'bearer' };
  const header = headers.find(([name]) => KEY_NAME.test(name) || /^authorization$/i.test(name))?.[0];
  if (header !== undefined) return { kind: 'apiKey', in: 'header', name: header };
  const parameter = [...query.keys()].find((name) => KEY_NAME.test(name));
  return parameter === undefined ? { kind: 'none' } : { kind: 'apiKey', in: 'query', name: parameter };
}

/** `/v2/payments/4711` as the base `/v2` and the template `/payments/{paymentId}`. */
function templateOf(pathname: string): { base: string; path: string; params: string[] } {
  const [, base = '', rest = '/'] = /^((?:\/api)?(?:\/v\d+(?:\.\d+)?)?)(\/.*)?$/.exec(pathname) ?? [];
  const params: string[] = [];
  const segments = rest.split('/').map((segment, index, all) => {
    if (!looksLikeId(segment)) return segment;
    const about = nameFrom((all[index - 1] ?? '').replace(/s$/, '') || 'item');
    const name = params.includes(`${about}Id`) ? `${about}Id${index}` : `${about}Id`;
    params.push(name);
    return `{${name}}`;
  });
  return { base, path: segments.join('/'), params };
}

const looksLikeId = (segment: string): boolean =>
  /\d/.test(segment) && (/^\d+$/.test(segment) || /^[\w-]{6,}$/.test(segment) || /_\d+$/.test(segment));

function bodyOf(data: string): JsonSchema {
  const body = parseJson(data);
  if (body === undefined) throw new UnreadableSource("The command's data is no JSON.");
  return schemaOfSample(body);
}
