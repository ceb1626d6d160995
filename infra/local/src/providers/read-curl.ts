// A curl command that worked, with the JSON that it gave, as a described provider. What it sent as credentials becomes the name of a secret: no
// value of a header is kept. Segments of the path that look like ids become parameters.
import { type DescribedAuth, type DescribedOperation, type DescribedProvider, nameFrom, UnreadableSource } from './described-provider.ts';
import { redactSample } from './redact-sample.ts';
import { schemaOfSample } from './schema-of-sample.ts';
import { splitShellWords } from './split-shell-words.ts';
import type { JsonSchema } from './zod-source.ts';

const METHODS: readonly DescribedOperation['method'][] = ['get', 'head', 'post', 'put', 'patch', 'delete'];
/** Those of curl's options that have a value and nothing to say here. */
const IGNORED_WITH_VALUE = new Set([
  '-o',
  '--output',
  '-m',
  '--max-time',
  '--connect-timeout',
  '-A',
  '--user-agent',
  '--retry',
  '-e',
  '--cacert',
]);

/** Throws UnreadableSource. `sample`: the parsed answer. */
export function readCurl(command: string, sample: unknown): DescribedProvider {
  const { url, method, headers, data, hasCertificate } = readWords(splitShellWords(command));
  if (url === undefined || !URL.canParse(url)) throw new UnreadableSource('The curl command has no whole address.');
  const { origin, pathname, searchParams } = new URL(url);
  const auth = authOf(headers, searchParams, hasCertificate);
  if (auth.kind === 'apiKey' && auth.in === 'query') searchParams.delete(auth.name);
  const { base, path, params } = templateOf(pathname);
  const idempotencyHeader = headers.find(([name]) => /idempotency/i.test(name))?.[0];
  const operation: DescribedOperation = {
    name: nameFrom(`${method} ${path.replace(/\{\w+\}/g, '')}`),
    method,
    path,
    params: texts(params),
    query: texts([...new Set(searchParams.keys())]),
    body: data === undefined ? undefined : schemaOfSample(parseJson(data, "The command's data is no JSON.")),
    response: sample === undefined ? undefined : schemaOfSample(sample),
    idempotencyHeader,
    fixture: redactSample(sample),
  };
  return { baseUrl: origin + base, auth, operations: [operation], schemas: {} };
}

type Header = readonly [name: string, value: string];
type Words = { url?: string; method: DescribedOperation['method']; headers: Header[]; data?: string; hasCertificate: boolean };

function readWords([program, ...words]: readonly string[]): Words {
  if (program !== 'curl') throw new UnreadableSource('The command does not begin with curl.');
  const read: Words = { method: 'get', headers: [], hasCertificate: false };
  let method: string | undefined;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const value = words[at + 1] ?? '';
    if (['-X', '--request'].includes(word)) method = value;
    else if (['-H', '--header'].includes(word)) read.headers.push(headerOf(value));
    else if (['-d', '--data', '--data-raw', '--data-binary', '--json'].includes(word)) read.data = value;
    else if (['-u', '--user'].includes(word)) throw new UnreadableSource('Basic authentication (-u) is none that the client has.');
    else if (['-E', '--cert'].includes(word)) read.hasCertificate = true;
    else if (['--url'].includes(word)) read.url = value;
    else if (word === '-I' || word === '--head') method = 'head';
    else if (!word.startsWith('-')) read.url ??= word;
    if (takesValue(word)) at += 1;
  }
  const known = METHODS.find((name) => name === (method ?? (read.data === undefined ? 'get' : 'post')).toLowerCase());
  if (known === undefined) throw new UnreadableSource(`${method} is no method that the client has.`);
  return { ...read, method: known };
}

const WITH_VALUE = new Set(
  '-X --request -H --header -d --data --data-raw --data-binary --json -E --cert --key --url'.split(' ').concat(...IGNORED_WITH_VALUE),
);
const takesValue = (word: string): boolean => WITH_VALUE.has(word);

function headerOf(line: string): Header {
  const colon = line.indexOf(':');
  return [line.slice(0, Math.max(0, colon)).trim(), line.slice(colon + 1).trim()];
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

function texts(names: readonly string[]): JsonSchema | undefined {
  if (names.length === 0) return undefined;
  return { type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) };
}

function parseJson(text: string, otherwise: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableSource(otherwise);
  }
}
