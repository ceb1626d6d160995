import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { TransportFailure } from './transport.ts';
import { createUndiciTransport } from './undici-transport.ts';

const opened = new Set<AsyncDisposable>();
afterEach(async () => {
  for (const resource of opened) await resource[Symbol.asyncDispose]();
  opened.clear();
});

async function listen<Listening extends Server>(server: Listening): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.add({
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  // A server on a TCP port has an address with a port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers every connection's first bytes with what `onData` does. */
const rawServer = (onData: (socket: Socket, bytes: Buffer) => void): Promise<string> =>
  listen(createServer((socket) => socket.on('error', () => {}).on('data', (bytes) => onData(socket, bytes))));

function send(url: string, { signal = new AbortController().signal, body = Buffer.from('{}'), maxBodyBytes = 1_000 } = {}) {
  const transport = createUndiciTransport({ maxBodyBytes });
  opened.add(transport);
  return transport({ method: 'POST', url, headers: { 'content-type': 'application/json' }, body, signal });
}
async function failureOf(answer: Promise<unknown>): Promise<{ kind: string; sent: string }> {
  const failure = await answer.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(TransportFailure);
  const { kind, sent } = failure as TransportFailure;
  return { kind, sent };
}

describe('the transport', () => {
  it('sends method, path, headers and body, and gives back status, headers and body', async () => {
    const url = await listen(
      createHttpServer((request, response) => {
        request.setEncoding('utf8').on('data', (body: string) => {
          response.writeHead(201, [
            ['Set-Cookie', 'a=1'],
            ['Set-Cookie', 'b=2'],
            ['X-Seen', `${request.method} ${request.url} ${request.headers['content-type']}`],
          ]);
          response.end(body);
        });
      }),
    );
    const answer = await send(`${url}/v2/things?a=1`, { body: Buffer.from('{"a":1}') });
    expect(answer).toMatchObject({ status: 201, headers: { 'x-seen': 'POST /v2/things?a=1 application/json', 'set-cookie': 'a=1, b=2' } });
    expect(answer.body.toString()).toBe('{"a":1}');
  });

  it('does not follow a redirect', async () => {
    const url = await listen(createHttpServer((_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()));
    expect(await send(`${url}/`)).toMatchObject({ status: 302 });
  });

  it('tells that nothing was sent when nobody listens, and when the name does not exist', async () => {
    const url = await rawServer(() => {});
    for (const resource of opened) await resource[Symbol.asyncDispose]();
    opened.clear();
    expect(await failureOf(send(`${url}/`))).toEqual({ kind: 'connect', sent: 'no' });
    expect(await failureOf(send('http://no-such-name.invalid/'))).toEqual({ kind: 'dns', sent: 'no' });
  });

  it('tells that nothing was sent when a connection cannot be made secure', async () => {
    const url = await rawServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await failureOf(send(`${url.replace('http:', 'https:')}/`))).toEqual({ kind: 'tls', sent: 'no' });
  });

  it('tells that something may have been sent when the connection is reset after the request', async () => {
    const url = await rawServer((socket) => socket.resetAndDestroy());
    expect(await failureOf(send(`${url}/`))).toEqual({ kind: 'reset', sent: 'maybe' });
  });

  it('tells the same when it is reset in the middle of the answer', async () => {
    const url = await rawServer((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', () => socket.resetAndDestroy()),
    );
    expect(await failureOf(send(`${url}/`))).toEqual({ kind: 'reset', sent: 'maybe' });
  });

  it('tells an answer that is not HTTP, and one that is shorter than it says', async () => {
    const garbage = await rawServer((socket) => socket.end('garbage\r\n\r\n'));
    expect(await failureOf(send(`${garbage}/`))).toEqual({ kind: 'protocol', sent: 'maybe' });
    const short = await rawServer((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'));
    expect((await failureOf(send(`${short}/`))).sent).toBe('maybe');
  });

  it('stops reading an answer that is too large', async () => {
    const url = await listen(createHttpServer((_request, response) => response.end('x'.repeat(2_000))));
    expect(await failureOf(send(`${url}/`, { maxBodyBytes: 1_999 }))).toEqual({ kind: 'too-large', sent: 'maybe' });
    expect((await send(`${url}/`, { maxBodyBytes: 2_000 })).body).toHaveLength(2_000);
  });

  it('ends with its signal: sent when the request was written, not sent when it was aborted before', async () => {
    const controller = new AbortController();
    const url = await rawServer(() => controller.abort());
    expect(await failureOf(send(`${url}/`, { signal: controller.signal }))).toEqual({ kind: 'aborted', sent: 'maybe' });
    expect(await failureOf(send(`${url}/`, { signal: AbortSignal.abort() }))).toEqual({ kind: 'aborted', sent: 'no' });
  });

  it('writes nothing of a request that was aborted while it connected', async () => {
    const received: Buffer[] = [];
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => {}).on('data', (bytes) => received.push(bytes));
    });
    const url = await listen(server);
    const controller = new AbortController();
    const answer = failureOf(send(`${url}/`, { signal: controller.signal }));
    controller.abort();
    expect(await answer).toEqual({ kind: 'aborted', sent: 'no' });
    await expect.poll(() => connections).toBe(1);
    for (const resource of opened) await resource[Symbol.asyncDispose]();
    opened.clear();
    expect(received).toEqual([]);
  });

  it('refuses a header that would begin another', async () => {
    const transport = createUndiciTransport();
    opened.add(transport);
    const headers = { 'x-note': 'a\r\nHost: other' };
    const answer = transport({ method: 'GET', url: 'http://127.0.0.1:9/', headers, signal: new AbortController().signal });
    expect(await failureOf(answer)).toEqual({ kind: 'protocol', sent: 'no' });
  });
});
