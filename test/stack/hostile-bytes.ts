// Requests that are not quite requests. Seeded: the same seed makes the same bytes, so that what breaks something can be sent again.

/** Numbers from 0 to 1 (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type Hostile = {
  /** Bytes for a connection, in latin1. */
  request(): string;
  /** A target that begins as one of ours. */
  target(): string;
  /** JSON text, mostly. */
  body(): string;
};

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'PRI', 'get', 'M-SEARCH', ''];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'HTTP/1.1 ', 'HTTP/1.', 'RTSP/1.0', ''];
const PATHS = [
  '/api/v1/orders',
  '/api/v1/products',
  '/api/v1/customers',
  '/api/v1/search',
  '/api/v1/inventory/x',
  '/api/v1/orders/order_01kb3p8nwhfctt4j9b7s1z6m2e',
  '/api/health',
  '/api',
  '*',
  'http://x/api/health',
  '//x/api',
];
const BITS = [
  '%00',
  '%0d%0a',
  '%',
  '%zz',
  '%ff%fe',
  '%ed%a0%80',
  '%F0%9F%92%A9',
  '%2e%2e%2f',
  "'",
  '"',
  '\\',
  '<script>',
  '{}',
  '[]',
  '__proto__',
  'constructor',
  '..',
  ';',
  '-1',
  '1e308',
  '99999999999999999999',
  'NaN',
  '$1',
  '*',
  ',',
  '.',
  '2026-02-30',
  '0000-01-01T00:00:00Z',
  '275760-09-13T00:00:00Z',
  'a'.repeat(300),
];
const NAMES = [
  'page',
  'perPage',
  'cursor',
  'limit',
  'sort',
  'order',
  'fields',
  'expand',
  'q',
  'status',
  'createdAfter',
  'priceMin',
  'types',
  '__proto__',
  '',
];
const HEADERS = [
  'content-length: 5',
  'content-length: 0',
  'content-length: -1',
  'content-length: 1, 2',
  'transfer-encoding: chunked',
  'transfer-encoding: gzip, chunked',
  'transfer-encoding : chunked',
  'host: y',
  'connection: keep-alive, upgrade',
  'upgrade: websocket',
  'expect: 100-continue',
  'expect: x',
  'x-forwarded-for: 127.0.0.1',
  'origin: null',
  'origin: \xff',
  'x-api-key: ak_test_x',
  'x-request-id: \u0001',
  'traceparent: 00-x',
  'if-none-match: "',
  'if-match: W/',
  'idempotency-key: \xe9',
  'content-type: application/json',
  'x: a\r\n folded',
  'a\0b: c',
  ': no name',
  'no colon',
  `x: ${'y'.repeat(17_000)}`,
  'range: bytes=0-',
];
const BODIES = ['', 'hello', '5\r\nhello\r\n0\r\n\r\n', '{}', '0\r\n\r\nGET /api HTTP/1.1\r\nhost: x\r\n\r\n', 'zz\r\n', '\0\0\0'];
const VALUES = [
  'null',
  '1e999',
  '-0',
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '[]',
  '{}',
  'true',
  '9007199254740993',
  '0.1',
  `"${'a'.repeat(3_000)}"`,
  '"\\r\\n"',
];
const FIELDS = [
  'sku',
  'name',
  'price',
  'currency',
  'customerId',
  'items',
  'email',
  'status',
  'metadata',
  'description',
  'url',
  'events',
  '__proto__',
];

export function hostileBytes(seed: number, paths: readonly string[] = PATHS): Hostile {
  const random = randomOf(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const oneOf = (list: readonly string[]): string => list[below(list.length)] ?? '';
  const some = (most: number, make: () => string): string[] => Array.from({ length: below(most + 1) }, make);

  function target(): string {
    const path = oneOf(paths) + some(2, () => `/${oneOf(BITS)}`).join('');
    const query = some(3, () => `${oneOf(NAMES)}=${some(2, () => oneOf(BITS)).join('')}`).join('&');
    return query === '' ? path : `${path}?${query}`;
  }

  function body(): string {
    const value = (depth: number): string =>
      depth > 2 || random() < 0.6 ? oneOf(VALUES) : random() < 0.5 ? `[${value(depth + 1)}]` : object(depth + 1);
    const object = (depth: number): string => `{${some(4, () => `"${oneOf(FIELDS)}":${value(depth)}`).join(',')}}`;
    return random() < 0.9 ? object(0) : value(0);
  }

  function request(): string {
    const lines = [`${oneOf(METHODS)} ${target()} ${random() < 0.7 ? 'HTTP/1.1' : oneOf(VERSIONS)}`, 'host: x', 'connection: close'];
    lines.push(...some(3, () => oneOf(HEADERS)));
    const text = `${lines.join(random() < 0.95 ? '\r\n' : '\n')}\r\n\r\n${oneOf(BODIES)}`;
    return random() < 0.5 ? text : broken(text);
  }

  /** With a few bytes changed, left out or doubled, or cut off. */
  function broken(text: string): string {
    let out = text;
    for (let changes = 1 + below(3); changes > 0; changes -= 1) {
      const at = below(out.length);
      const kind = below(4);
      const end = kind === 3 && random() < 0.3 ? out.length : at + 1 + below(3);
      const middle = kind === 0 ? String.fromCharCode(below(256)) : kind === 1 ? out.slice(at, end).repeat(2) : '';
      out = out.slice(0, at) + middle + out.slice(end);
    }
    return out;
  }

  return { request, target, body };
}
