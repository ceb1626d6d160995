import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { RequestListener, ServerResponse } from 'node:http';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type SecureVersion, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { startStopwatch, within } from '../testing-stopwatch.ts';
import { type Listener, type ListenOptions, listen } from './http-listener.ts';
import { closed, hasOpenssl, rawExchange, readAnswers, writeCertificate } from './testing-sockets.ts';

const GET = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

const echo: RequestListener = (req, res) => res.writeHead(200, { 'content-length': req.url?.length ?? 0 }).end(req.url);

async function start(options: Partial<ListenOptions> = {}): Promise<Listener> {
  return opened.use(await listen({ host: '127.0.0.1', port: 0, shutdownTimeoutMs: 300, handler: echo, ...options }));
}

function open(url: string): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => resolve(socket));
    socket.on('error', () => {});
    opened.defer(() => void socket.destroy());
  });
}

/** Sends a piece every few milliseconds for as long as the server listens, and reads what it says in the end. */
async function trickle(url: string, start: string, piece: string): Promise<{ text: string; tookMs: number }> {
  using stopwatch = startStopwatch();
  const socket = await open(url);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.write(start);
  const pieces = setInterval(() => socket.write(piece), 10);
  await closed(socket);
  clearInterval(pieces);
  return { text, tookMs: stopwatch.tookMs() };
}

describe('a slow peer', () => {
  const limits = { headersTimeoutMs: 200, requestTimeoutMs: 400 };

  it('that drips headers is cut at the deadline, with 408', async () => {
    const { text, tookMs } = await trickle((await start({ limits })).url, 'GET / HTTP/1.1\r\nhost: x\r\n', 'a: b\r\n');
    expect(readAnswers(text).map(({ status }) => status)).toEqual([408]);
    expect(tookMs).toBeLessThan(2_000);
  });

  it('that says nothing at all is cut at the same deadline', async () => {
    const { text, tookMs } = await trickle((await start({ limits })).url, '', '');
    expect(readAnswers(text).map(({ status }) => status)).toEqual([408]);
    expect(tookMs).toBeLessThan(2_000);
  });

  it.each([
    ['a body with a length', 'content-length: 100000\r\n\r\n', 'x'],
    ['a chunked body', 'transfer-encoding: chunked\r\n\r\n', '1\r\nx\r\n'],
  ])('that drips %s is cut at the deadline, while the handler waits for it', async (_name, header, piece) => {
    let aborted = false;
    const { url } = await start({
      limits,
      handler: (req, res) => {
        req.on('error', () => {
          aborted = true;
          echo(req, res);
        });
        req.resume().on('end', () => echo(req, res));
      },
    });
    const { text, tookMs } = await trickle(url, `POST / HTTP/1.1\r\nhost: x\r\n${header}`, piece);
    // The handler answers too, when it hears that the peer is gone. Nobody may get that.
    await expect.poll(() => aborted).toBe(true);
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(readAnswers(text)[0]).toMatchObject({ status: 408, headers: { connection: 'close' } });
    expect(tookMs).toBeLessThan(2_500);
  });

  it('that does not read its answer is cut when it has been silent for long enough', async () => {
    let cut = false;
    const { url } = await start({
      limits: { silenceTimeoutMs: 200 },
      handler: (_req, res) => {
        res.on('close', () => {
          cut = true;
        });
        res.end(Buffer.alloc(50_000_000));
      },
    });
    const socket = await open(url);
    socket.pause();
    socket.write(GET);
    await expect.poll(() => cut).toBe(true);
  });

  it('that is refused and stays is cut all the same', async () => {
    const { url } = await start({ limits: { connectionsMax: 1 } });
    // It does not end its half when the server ends the other: that would otherwise keep the connection for good.
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
    opened.defer(() => void socket.destroy());
    socket.on('error', () => {}).resume();
    socket.write('BAD\r\n\r\n');
    await new Promise((resolve) => socket.once('end', resolve));
    await expect.poll(async () => (await rawExchange(url, GET, { answersWanted: 1 })).answers[0]?.status).toBe(200);
  });
});

describe('the cap on connections', () => {
  it('closes those beyond it at once and lets in the next one when there is room', async () => {
    const { url } = await start({ limits: { connectionsMax: 2 } });
    const first = await open(url);
    const second = await open(url);
    await expect.poll(async () => (await rawExchange(url, GET)).text).toBe('');
    for (const socket of [first, second]) {
      const answered = new Promise((resolve) => socket.once('data', resolve));
      socket.write(GET);
      expect(String(await answered)).toMatch(/^HTTP\/1\.1 200/);
    }
    first.destroy();
    await expect.poll(async () => (await rawExchange(url, GET, { answersWanted: 1 })).answers[0]?.status).toBe(200);
  });
});

describe('a stop', () => {
  it('lets a peer that reads slowly have the whole of an answer that was handed over before', async () => {
    const bytes = 20_000_000;
    let answer: ServerResponse | undefined;
    const listener = await start({
      shutdownTimeoutMs: 20_000,
      handler: (_req, res) => {
        answer = res.writeHead(200, { 'content-length': bytes });
        res.end(Buffer.alloc(bytes));
      },
    });
    const socket = await open(listener.url);
    socket.pause();
    socket.write(GET);
    await expect.poll(() => answer?.writableEnded).toBe(true);
    const stopped = listener[Symbol.asyncDispose]();
    let read = 0;
    socket.on('data', (chunk) => {
      read += chunk.length;
    });
    await Promise.all([stopped, closed(socket)]);
    expect(read).toBeGreaterThan(bytes);
  });

  it('tells a peer with its answer that the connection ends, and answers all requests that it sent before', async () => {
    const waiting: (() => void)[] = [];
    const listener = await start({
      shutdownTimeoutMs: 20_000,
      handler: (req, res) => void waiting.push(() => res.writeHead(200, { 'content-length': 2 }).end(req.url)),
    });
    const exchange = rawExchange(listener.url, ['/1', '/2'].map((path) => GET.replace('/', path)).join(''));
    await expect.poll(() => waiting.length).toBe(2);
    const stopped = listener[Symbol.asyncDispose]();
    for (const answer of waiting) answer();
    const { answers } = await exchange;
    expect(answers.map(({ body, headers }) => [body, headers.connection])).toEqual([
      ['/1', 'keep-alive'],
      ['/2', 'close'],
    ]);
    await stopped;
  });
});

describe('a refusal', () => {
  it('comes after the answers that are under way on its connection', async () => {
    const waiting: (() => void)[] = [];
    const { url } = await start({ handler: (req, res) => void waiting.push(() => echo(req, res)) });
    const exchange = rawExchange(url, `${GET.replace('/', '/first')}BAD\r\n\r\n`);
    await expect.poll(() => waiting.length).toBe(1);
    waiting[0]?.();
    const { answers, closed: wasClosed } = await exchange;
    expect(answers.map(({ status, body }) => [status, status === 200 ? body : ''])).toEqual([
      [200, '/first'],
      [400, ''],
    ]);
    expect(wasClosed).toBe(true);
  });

  it('is not sent after an answer to the same request', async () => {
    const { url } = await start();
    for (const body of ['zz\r\n', '1\nX\r\n0\r\n\r\n', 'ffffffffffffffffff\r\n']) {
      const { answers, closed: wasClosed } = await rawExchange(
        url,
        `POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${body}`,
      );
      expect([body, answers.map(({ status }) => status), wasClosed]).toEqual([body, [200], true]);
    }
  });

  it('is the only answer, though the handler comes to one of its own', async () => {
    let finish = (): void => {};
    const { url } = await start({
      handler: (req, res) => {
        finish = () => void echo(req, res);
        req.on('error', () => {}).resume();
      },
    });
    const socket = await open(url);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
      finish();
    });
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n');
    await closed(socket);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
  });

  it('ends what is served on its connection', async () => {
    const served: (string | undefined)[] = [];
    const { url } = await start({
      handler: (req, res) => {
        served.push(req.url);
        echo(req, res);
      },
    });
    const { answers } = await rawExchange(
      url,
      `POST / HTTP/1.1\r\nhost: x\r\nhost: y\r\ncontent-length: 0\r\n\r\n${GET.replace('/', '/smuggled')}`,
    );
    expect([answers.map(({ status }) => status), served]).toEqual([[400], []]);
  });
});

describe.skipIf(!hasOpenssl())('TLS (needs openssl)', () => {
  async function files(): Promise<{ folder: string; certFile: string; keyFile: string }> {
    const folder = await mkdtemp(join(tmpdir(), 'portico-tls-'));
    opened.defer(() => rm(folder, { recursive: true, force: true }));
    return { folder, ...(await writeCertificate(folder, 'first')) };
  }

  function shake(url: string, version: SecureVersion): Promise<TLSSocket | string> {
    return new Promise((resolve) => {
      const socket = connectTls(
        {
          port: Number(new URL(url).port),
          host: '127.0.0.1',
          rejectUnauthorized: false,
          minVersion: version,
          maxVersion: version,
          ciphers: 'DEFAULT@SECLEVEL=0',
        },
        () => resolve(socket),
      );
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      opened.defer(() => void socket.destroy());
    });
  }

  const nameOf = (socket: TLSSocket | string): unknown => (typeof socket === 'string' ? socket : socket.getPeerCertificate().subject.CN);

  function ask(socket: TLSSocket): Promise<string> {
    const answered = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(String(chunk))));
    socket.write(GET);
    return answered;
  }

  it('is spoken from version 1.2 on', async () => {
    const { url } = await start({ tls: { ...(await files()), onError: () => {} } });
    expect(url).toMatch(/^https:/);
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await shake(url, version);
      expect(typeof socket === 'string' ? socket : socket.getProtocol()).toBe(version);
    }
    for (const version of ['TLSv1', 'TLSv1.1'] as const) expect(await shake(url, version)).toMatch(/^ERR_SSL_.*PROTOCOL_VERSION$/);
    // Plain HTTP gets nothing, least of all an answer.
    expect((await rawExchange(url, GET)).text).not.toMatch(/200/);
  });

  it('takes a renewed certificate without a restart, while an old connection goes on', async () => {
    const { folder, ...tls } = await files();
    const errors: unknown[] = [];
    let reloads = 0;
    const onReload = (): void => {
      reloads += 1;
    };
    const { url } = await start({ tls: { ...tls, checkMs: 10, onError: (error) => errors.push(error), onReload } });
    const old = await shake(url, 'TLSv1.3');
    if (typeof old === 'string') throw new Error(old);
    const [cert] = [await readFile(tls.certFile)];
    // Half a renewal: the key is not the certificate's.
    await rm(tls.keyFile);
    await expect.poll(() => errors.length).toBe(1);
    expect(nameOf(await shake(url, 'TLSv1.2'))).toBe('first');
    await writeCertificate(folder, 'second');
    await expect.poll(() => reloads).toBeGreaterThan(0);
    await expect.poll(async () => nameOf(await shake(url, 'TLSv1.3'))).toBe('second');
    expect(await ask(old)).toMatch(/^HTTP\/1\.1 200/);
    expect(nameOf(old)).toBe('first');
    const before = errors.length;
    await writeFile(tls.certFile, cert);
    await expect.poll(() => errors.length).toBeGreaterThan(before);
    expect(nameOf(await shake(url, 'TLSv1.3'))).toBe('second');
    // Still nothing older after a reload.
    expect(await shake(url, 'TLSv1.1')).toMatch(/PROTOCOL_VERSION$/);
  });

  it('does not start with a key of another certificate', async () => {
    const [one, other] = [await files(), await files()];
    await expect(start({ tls: { certFile: one.certFile, keyFile: other.keyFile, onError: () => {} } })).rejects.toThrow(/mismatch/);
  });

  it('is cut in the middle of a handshake by the deadline', async () => {
    const { url } = await start({ tls: { ...(await files()), onError: () => {} }, limits: { headersTimeoutMs: 200 } });
    await within(3_000, async () => closed(await open(url)));
  });

  it('is cut in the middle of a handshake by a stop', async () => {
    const listener = await start({ tls: { ...(await files()), onError: () => {} } });
    await open(listener.url);
    await within(3_000, () => listener[Symbol.asyncDispose]());
    await expect(
      new Promise((_resolve, reject) => request(listener.url, { rejectUnauthorized: false }).on('error', reject).end()),
    ).rejects.toThrow('ECONNREFUSED');
  });
});
