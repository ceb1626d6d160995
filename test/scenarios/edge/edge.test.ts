// The public listener against what no client library would send.

import { connect } from 'node:net';
import { ERRORS, isErrorCode } from '@portico/contracts/errors';
import { closed, type RawExchange, rawExchange } from '@portico/service-kit/http/testing-sockets';
import { within } from '@portico/service-kit/testing-stopwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Key } from '../../stack/credentials.ts';
import { hostileBytes, randomOf } from '../../stack/hostile-bytes.ts';
import { send } from '../../stack/send.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

const MALFORMED = 2_000;
const INTERNAL = 500;
const SIGNED = 600;
const MALFORMED_AT_ONCE = 200;
const SIGNED_AT_ONCE = 20;
const DEADLINES = { HEADERS_TIMEOUT_MS: '400', REQUEST_TIMEOUT_MS: '800' };
const START = 'POST /api/v1/products HTTP/1.1\r\nhost: x\r\n';
const SMUGGLED = 'GET /api/health HTTP/1.1\r\nhost: x\r\n\r\n';

/** The one refusal that is in an exchange: of the catalogue, in the one shape, and the last word on its connection. */
function refusalOf({ answers, closed: wasClosed, text }: RawExchange): { status: number; code: string } {
  expect([answers.length, text.match(/HTTP\/1\.1 \d/g)?.length, wasClosed]).toEqual([1, 1, true]);
  const [answer] = answers;
  const { error } = JSON.parse(answer?.body ?? '');
  expect(Object.keys(error)).toEqual(['code', 'message', 'details', 'requestId', 'timestamp', 'documentationUrl']);
  expect(isErrorCode(error.code) && ERRORS[error.code as keyof typeof ERRORS].status).toBe(answer?.status);
  expect(answer?.headers).toMatchObject({
    connection: 'close',
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'x-request-id': error.requestId,
  });
  return { status: answer?.status ?? 0, code: error.code };
}

// None of this gets past the listener, and the topologies differ only behind it.
describe('the edge', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ topology: 'all-in-one', env: DEADLINES });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  it.each<[string, string]>([
    ['CL.TE', `${START}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
    ['TE.CL', `${START}transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n5c\r\n${SMUGGLED}\r\n0\r\n\r\n`],
    ['TE.TE, an unknown coding last', `${START}transfer-encoding: chunked\r\ntransfer-encoding: cow\r\n\r\n0\r\n\r\n${SMUGGLED}`],
    ['TE.TE, twice chunked', `${START}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
    ['a coding before chunked', `${START}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
    ['a coding that is nearly chunked', `${START}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
    ['a space before the colon', `${START}transfer-encoding : chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
    ['a vertical tab in the coding', `${START}transfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
    ['chunked in HTTP/1.0', `${START.replace('1.1', '1.0')}transfer-encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
    ['an obsolete fold', `${START}transfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
    ['a folded value', `${START}x: a\r\n b\r\n\r\n${SMUGGLED}`],
    ['two lengths', `${START}content-length: 0\r\ncontent-length: 38\r\n\r\n${SMUGGLED}`],
    ['one length twice', `${START}content-length: 0\r\ncontent-length: 0\r\n\r\n${SMUGGLED}`],
    ['a list of lengths', `${START}content-length: 0, 0\r\n\r\n${SMUGGLED}`],
    ['a signed length', `${START}content-length: +0\r\n\r\n${SMUGGLED}`],
    ['a negative length', `${START}content-length: -1\r\n\r\n${SMUGGLED}`],
    ['a length beyond numbers', `${START}content-length: 99999999999999999999\r\n\r\n${SMUGGLED}`],
    ['NUL in a header', `${START}x: a\0b\r\n\r\n${SMUGGLED}`],
    ['a bare CR in a header', `${START}x: a\rcontent-length: 5\r\n\r\n${SMUGGLED}`],
    ['a bare LF in a header', `${START}x: a\ntransfer-encoding: chunked\r\n\r\n${SMUGGLED}`],
    ['lines that end in LF', 'GET /api/health HTTP/1.1\nhost: x\n\n'],
    ['NUL in the path', `GET /api/\0health HTTP/1.1\r\nhost: x\r\n\r\n${SMUGGLED}`],
    ['CR in the path', `GET /api/\rhealth HTTP/1.1\r\nhost: x\r\n\r\n${SMUGGLED}`],
    ['LF in the path', `GET /api/\nhealth HTTP/1.1\r\nhost: x\r\n\r\n${SMUGGLED}`],
    ['a space in the path', `GET /api/ health HTTP/1.1\r\nhost: x\r\n\r\n${SMUGGLED}`],
    ['a path that is not ASCII', `GET /api/\xe9 HTTP/1.1\r\nhost: x\r\n\r\n${SMUGGLED}`],
    ['a fragment', `GET /api/health#x HTTP/1.1\r\nhost: x\r\n\r\n${SMUGGLED}`],
    ['no host', `GET /api/health HTTP/1.1\r\n\r\n${SMUGGLED}`],
    ['two hosts', `GET /api/health HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n${SMUGGLED}`],
    ['a host that is none', `GET /api/health HTTP/1.1\r\nhost: x/y@z\r\n\r\n${SMUGGLED}`],
    ['a header without a name', `GET /api/health HTTP/1.1\r\n: x\r\nhost: x\r\n\r\n${SMUGGLED}`],
    ['HTTP/0.9', 'GET /api/health\r\n\r\n'],
    ['HTTP/2 by prior knowledge', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/3.0', `GET /api/health HTTP/3.0\r\nhost: x\r\n\r\n${SMUGGLED}`],
    ['a tunnel', `CONNECT x:80 HTTP/1.1\r\nhost: x\r\n\r\n${SMUGGLED}`],
    ['a foreign expectation', `${START}expect: 200-ok\r\ncontent-length: 0\r\n\r\n${SMUGGLED}`],
    ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('refuses %s with 400, closes the connection, and answers nothing behind it', async (_name, bytes) => {
    expect(refusalOf(await rawExchange(stack.url, bytes))).toEqual({ status: 400, code: 'VALIDATION_ERROR' });
  });

  it.each<[string, string]>([
    ['a header over 16 KiB', `GET /api/health HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(17_000)}\r\n\r\n`],
    ['a target over 16 KiB', `GET /api/health?${'y'.repeat(17_000)} HTTP/1.1\r\nhost: x\r\n\r\n`],
    ['many small headers', `GET /api/health HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(101)}\r\n`],
    ['more headers than Node counts', `GET /api/health HTTP/1.1\r\nhost: x\r\n${'a:\r\n'.repeat(2_100)}transfer-encoding: chunked\r\n\r\n`],
  ])('refuses %s with 431', async (_name, bytes) => {
    expect(refusalOf(await rawExchange(stack.url, bytes))).toEqual({ status: 431, code: 'REQUEST_HEADERS_TOO_LARGE' });
  });

  it.each<[string, string]>([
    ['a chunk size that is none', `${START}transfer-encoding: chunked\r\ncontent-type: application/json\r\n\r\nzz\r\n${SMUGGLED}`],
    ['a chunk that ends in LF', `${START}transfer-encoding: chunked\r\ncontent-type: application/json\r\n\r\n1\n{\r\n0\r\n\r\n${SMUGGLED}`],
    [
      'a chunk size beyond numbers',
      `${START}transfer-encoding: chunked\r\ncontent-type: application/json\r\n\r\n${'f'.repeat(20)}\r\n${SMUGGLED}`,
    ],
    [
      'a chunk longer than it says',
      `${START}transfer-encoding: chunked\r\ncontent-type: application/json\r\n\r\n1\r\n{}}\r\n0\r\n\r\n${SMUGGLED}`,
    ],
  ])('answers %s once, with a 4xx', async (_name, bytes) => {
    const { answers, closed: wasClosed, text } = await rawExchange(stack.url, bytes);
    expect([answers.map(({ status }) => status >= 400 && status < 500), text.match(/HTTP\/1\.1 \d/g)?.length, wasClosed]).toEqual([
      [true],
      1,
      true,
    ]);
  });

  it('cuts who is slow with headers or a body', async () => {
    for (const bytes of ['GET /api/health HTTP/1.1\r\nhost:', `${START}content-type: application/json\r\ncontent-length: 10\r\n\r\n{`]) {
      const answer = await within(3_000, () => rawExchange(stack.url, bytes));
      expect(refusalOf(answer)).toEqual({ status: 408, code: 'REQUEST_TIMEOUT' });
    }
  });

  it('serves what is odd but allowed', async () => {
    const odd = [
      '\r\nGET /api/health/live HTTP/1.1\r\nhost: x\r\n\r\n',
      'GET /api/health/live HTTP/1.0\r\n\r\n',
      'GET /api/health/live HTTP/1.1\r\nHOST:[::1]:80\r\n\r\n',
      'GET /api/health/live HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n',
    ];
    for (const bytes of odd) expect((await rawExchange(stack.url, bytes, { answersWanted: 1 })).answers[0]?.status).toBe(200);
    const two = `${odd[0]}${odd[2]}`;
    expect((await rawExchange(stack.url, two, { answersWanted: 2 })).answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('closes a connection whose body it did not read', async () => {
    for (const length of ['content-length: 10', 'transfer-encoding: chunked']) {
      const { answers, closed: wasClosed } = await rawExchange(stack.url, `POST /nowhere HTTP/1.1\r\nhost: x\r\n${length}\r\n\r\n`);
      expect([answers.map(({ status }) => status), answers[0]?.headers.connection, wasClosed]).toEqual([[404], 'close', true]);
    }
  });

  it('reads what is left of a body that it refused, and runs nothing behind it', async () => {
    const served = async (): Promise<number> => {
      const metrics = await (await fetch(`${stack.internalUrl}/metrics`)).text();
      return Number(/portico_http_request_duration_seconds_count\{route="getVersions"[^}]*\} (\d+)/.exec(metrics)?.[1] ?? 0);
    };
    const before = await served();
    const { port } = new URL(stack.url);
    const socket = connect(Number(port), '127.0.0.1').setEncoding('latin1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write('POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n');
    await expect.poll(() => text).toMatch(/^HTTP\/1\.1 404 .*\}$/s);
    socket.write('0123456789GET /api HTTP/1.1\r\nhost: x\r\n\r\n');
    await closed(socket);
    expect([text.match(/HTTP\/1\.1 \d/g)?.length, await served()]).toEqual([1, before]);
    expect((await fetch(`${stack.url}/api`)).status).toBe(200);
    expect(await served()).toBe(before + 1);
  });

  it(`survives ${MALFORMED} malformed requests: no 5xx, no hang, nothing but whole answers`, async () => {
    const hostile = hostileBytes(20_261_121);
    expect(await notSurvived(stack.url, MALFORMED, hostile.request)).toEqual([]);
    expect((await fetch(`${stack.url}/api/health`)).status).toBe(200);
  });

  it(`survives ${INTERNAL} of them on the internal listener`, async () => {
    const hostile = hostileBytes(42, ['/graphql', '/graphql?query={__typename}', '/metrics', '/health', '/']);
    expect(await notSurvived(stack.internalUrl, INTERNAL, hostile.request)).toEqual([]);
    expect((await fetch(`${stack.internalUrl}/health`)).status).toBe(200);
  });

  it('lets the next one in while hostile connections are held', async () => {
    const { port } = new URL(stack.url);
    const held = Array.from({ length: 50 }, () => connect(Number(port), '127.0.0.1').on('error', () => {}));
    for (const socket of held) socket.write('GET / HTTP/1.1\r\nx:');
    expect((await fetch(`${stack.url}/api/health/live`)).status).toBe(200);
    // And they are all gone after the deadline.
    await Promise.all(held.map(closed));
  });
});

describe.each(TOPOLOGIES)('nonsense that is signed, %s', (topology) => {
  it(`is survived, ${SIGNED} times: no 5xx`, async () => {
    await using stack = await startStack({ topology, shared: true });
    const hostile = hostileBytes(7);
    const random = randomOf(8);
    const keys: Key[] = [];
    for (let i = 0; i < SIGNED / 100; i += 1) keys.push(await stack.key());
    const wrong: unknown[] = [];
    const statuses = new Set<number>();
    await inTurns([...Array.from({ length: SIGNED }).keys()], SIGNED_AT_ONCE, async (i) => {
      const method = random() < 0.6 ? 'GET' : ((['POST', 'PATCH', 'PUT', 'DELETE'] as const)[Math.floor(random() * 4)] ?? 'GET');
      // As a URL may be written; what may not is refused before it is signed.
      const url = new URL(`http://x/${hostile.target().replace(/^[^/]*\/*/, '')}`);
      const target = url.pathname + url.search;
      const body = method === 'GET' || method === 'DELETE' ? undefined : hostile.body();
      const reply = await send(stack, method, target, { key: keys[i % keys.length] as Key, body });
      statuses.add(reply.status);
      if (reply.status >= 500) wrong.push({ method, target, body, status: reply.status, text: reply.text });
    });
    expect(wrong).toEqual([]);
    // Some of it was let in: otherwise this proved nothing.
    expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 404]));
  });
});

/** The exchanges that went wrong. */
async function notSurvived(url: string, count: number, make: () => string): Promise<unknown[]> {
  const wrong: unknown[] = [];
  await inTurns(Array.from({ length: count }, make), MALFORMED_AT_ONCE, async (bytes) => {
    const { text, answers, closed: wasClosed } = await rawExchange(url, bytes, { quietMs: 3_000 });
    const heads = text.match(/HTTP\/1\.1 (?!100)\d{3} /g)?.length ?? 0;
    // The answer to HEAD has the length of a body that does not come.
    const whole = bytes.startsWith('HEAD') || heads === answers.length;
    // What lost its `connection: close` on the way may wait for another request.
    const done = wasClosed || /keep-alive/i.test(text);
    if (!done || !whole || /HTTP\/1\.1 5/.test(text)) wrong.push({ bytes, text, wasClosed });
  });
  return wrong;
}

async function inTurns<Item>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(item);
    }),
  );
}
