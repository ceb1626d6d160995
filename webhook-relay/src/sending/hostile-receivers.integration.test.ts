// Receivers that mean harm, or are only broken. Each attempt ends by its deadline and keeps no more than it may.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { hasOpenssl, writeCertificate } from '@portico/service-kit/http/testing-sockets';
import { within } from '@portico/service-kit/testing-stopwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Receiver, response, startDoor, startReceiver } from '../testing/start-receiver.ts';
import { MAX_BODY_BYTES } from './exchange.ts';
import { createSender, type Sender } from './send.ts';
import type { SendOutcome } from './send-outcome.ts';

const TIMEOUT_MS = 700;
/** Of an attempt that must come further than to its connection before it ends: a machine that does other things too takes its time. */
const LATER_MS = 3_000;
const never = new AbortController().signal;

/** Sends one attempt and checks what holds for all of them. */
async function attack(receiver: { url: string }, sender: Sender, timeoutMs = TIMEOUT_MS): Promise<SendOutcome> {
  const request = { url: receiver.url, headers: {}, body: Buffer.from('{}'), timeoutMs, signal: never };
  const outcome = await within(timeoutMs + 5_000, () => sender.send(request));
  if (outcome.kind === 'answered') expect(outcome.body.length).toBeLessThanOrEqual(MAX_BODY_BYTES);
  return outcome;
}

/** Writes `bytes` again and again, as fast as they are taken or every `everyMs`, until the connection is gone. */
function flood(socket: Socket, bytes: string | Buffer, everyMs = 0): void {
  const timer = setInterval(() => {
    do {
      if (socket.destroyed || socket.writableNeedDrain) return;
    } while (socket.write(bytes) && everyMs === 0);
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
}

const HEAD = 'HTTP/1.1 200 OK\r\n';
const open = (): Sender => createSender({ policy: { allowLoopback: true } });
let sender: Sender;
beforeAll(() => {
  sender = open();
});
afterAll(() => sender[Symbol.asyncDispose]());

describe('a receiver that', () => {
  it('drips its body is cut off at the deadline; its status stands', async () => {
    await using receiver = await startReceiver((socket) => {
      socket.write(`${HEAD}content-length: 1000000\r\n\r\n`);
      flood(socket, 'x', 20);
    });
    const outcome = await attack(receiver, sender, LATER_MS);
    expect(outcome).toMatchObject({ kind: 'answered', status: 200, truncated: true, truncatedBy: 'deadline' });
  });

  it('never ends its body loses its connection at 64 KiB', async () => {
    const closed = Promise.withResolvers<void>();
    await using receiver = await startReceiver((socket) => {
      socket.once('close', () => closed.resolve());
      socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
      flood(socket, `10000\r\n${'x'.repeat(0x10000)}\r\n`);
    });
    const outcome = await attack(receiver, sender, 10_000);
    expect(outcome).toMatchObject({ kind: 'answered', truncated: true, truncatedBy: 'size', body: { length: MAX_BODY_BYTES } });
    await closed.promise;
  });

  it('answers with exactly 64 KiB is kept whole', async () => {
    await using receiver = await startReceiver((socket) => socket.write(response(200, {}, 'x'.repeat(MAX_BODY_BYTES))));
    expect(await attack(receiver, sender, 10_000)).toMatchObject({ truncated: false, body: { length: MAX_BODY_BYTES } });
  });

  it('sends its body in single bytes costs no more memory than its bytes', async () => {
    await using receiver = await startReceiver((socket) => {
      socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
      flood(socket, '1\r\nx\r\n'.repeat(2_000));
    });
    const before = process.memoryUsage().rss;
    expect(await attack(receiver, sender, 10_000)).toMatchObject({ truncatedBy: 'size', body: { length: MAX_BODY_BYTES } });
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
  });

  it('never ends its headers is refused for their size, or by the deadline when it drips them', async () => {
    await using fast = await startReceiver((socket) => {
      socket.write(HEAD);
      flood(socket, `x-filler: ${'x'.repeat(1_000)}\r\n`);
    });
    await using slow = await startReceiver((socket) => {
      socket.write(HEAD);
      flood(socket, 'x-a: b\r\n', 50);
    });
    expect(await attack(fast, sender, 10_000)).toMatchObject({ kind: 'failed', error: { code: 'protocol' } });
    expect(await attack(slow, sender)).toMatchObject({ kind: 'failed', error: { code: 'timeout' } });
  });

  it('floods with informational responses is refused, or ended by the deadline when it drips them', async () => {
    await using fast = await startReceiver((socket) => flood(socket, 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(100)));
    await using slow = await startReceiver((socket) => flood(socket, 'HTTP/1.1 102 Processing\r\n\r\n', 100));
    expect(await attack(fast, sender, 10_000)).toMatchObject({ kind: 'failed', error: { code: 'protocol' } });
    expect(await attack(slow, sender)).toMatchObject({ kind: 'failed', error: { code: 'timeout' } });
  });

  it('sends a few informational responses first is heard out', async () => {
    await using receiver = await startReceiver((socket) =>
      socket.write(Buffer.concat([Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n'), response(204)])),
    );
    expect(await attack(receiver, sender, 10_000)).toMatchObject({ kind: 'answered', status: 204 });
  });

  it('sends a gzip bomb is not decompressed', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
    await using receiver = await startReceiver((socket) => socket.write(response(200, { 'content-encoding': 'gzip' }, bomb)));
    const outcome = await attack(receiver, sender, 10_000);
    expect(outcome).toMatchObject({ kind: 'answered', truncated: false, headers: { 'content-encoding': 'gzip' } });
    expect(outcome.kind === 'answered' && outcome.body.equals(bomb)).toBe(true);
  });

  it('resets the connection after its headers has answered; before them it has not', async () => {
    // The reset must not overtake the bytes, and when those were read cannot be seen from here.
    await using after = await startReceiver((socket) =>
      socket.write(`${HEAD}content-length: 10\r\n\r\nabc`, () => setTimeout(() => socket.resetAndDestroy(), 50)),
    );
    await using before = await startReceiver((socket) => socket.resetAndDestroy());
    expect(await attack(after, sender, 10_000)).toMatchObject({
      status: 200,
      truncated: true,
      truncatedBy: 'connection',
      body: Buffer.from('abc'),
    });
    expect(await attack(before, sender, 10_000)).toMatchObject({ kind: 'failed', error: { code: 'reset' } });
  });

  it('half-closes the connection has not answered', async () => {
    await using silent = await startReceiver((socket) => socket.end());
    await using midway = await startReceiver((socket) => socket.end(`${HEAD}content-le`));
    for (const receiver of [silent, midway]) {
      const outcome = await attack(receiver, sender, 10_000);
      expect(outcome.kind === 'failed' && ['reset', 'protocol'].includes(outcome.error.code)).toBe(true);
    }
  });

  it('takes the request and says nothing is ended by the deadline', async () => {
    await using receiver = await startReceiver(() => {});
    const outcome = await attack(receiver, sender, LATER_MS);
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'timeout' }, remoteAddress: '127.0.0.1' });
  });

  it.each([
    ['something else than HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['two lengths', `${HEAD}content-length: 1\r\ncontent-length: 2\r\n\r\nab`],
    ['a line break in a header', `${HEAD}a: b\r\n\u0000c: d\r\n\r\n`],
    ['an upgrade nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'],
    ['100 Continue nobody asked for', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('answers with %s has failed', async (_what, bytes) => {
    await using receiver = await startReceiver((socket) => socket.write(bytes));
    const outcome = await attack(receiver, sender);
    expect(outcome.kind === 'failed' && ['protocol', 'reset', 'timeout'].includes(outcome.error.code)).toBe(true);
  });

  it('answers with the names of object properties changes no object', async () => {
    await using receiver = await startReceiver((socket) =>
      socket.write(response(200, { __proto__x: '1', constructor: '2', ['__proto__']: '3' })),
    );
    const outcome = await attack(receiver, sender, 10_000);
    expect(
      outcome.kind === 'answered' && [outcome.headers.constructor, Object.getPrototypeOf(outcome.headers) === Object.prototype],
    ).toEqual(['2', true]);
  });

  it('fills its connections does not hold up another one', async () => {
    await using stuck = await startReceiver(() => {});
    await using healthy = await startReceiver((socket) => socket.write(response(200)));
    const own = open();
    const held = Array.from({ length: 40 }, () => attack(stuck, own, 60_000));
    expect(await attack(healthy, own, 30_000)).toMatchObject({ kind: 'answered', status: 200 });
    await own[Symbol.asyncDispose]();
    expect((await Promise.all(held)).every(({ kind }) => kind === 'failed')).toBe(true);
  });
});

describe.skipIf(!hasOpenssl())('a receiver with TLS (needs openssl) that', () => {
  let folder: string;
  let tls: { key: Buffer; cert: Buffer };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portico-tls-'));
    const { certFile, keyFile } = await writeCertificate(folder, 'localhost');
    tls = { key: await readFile(keyFile), cert: await readFile(certFile) };
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const start = (): Promise<Receiver> => startReceiver((socket) => socket.write(response(200)), tls);

  it('has a certificate that is trusted is reached, and its handshake is timed', async () => {
    await using receiver = await start();
    await using trusting = createSender({ policy: { allowLoopback: true }, ca: tls.cert });
    const outcome = await attack(receiver, trusting, 10_000);
    expect(outcome).toMatchObject({ kind: 'answered', status: 200 });
    expect(outcome.timings.tlsMs).toBeGreaterThan(0);
  });

  it('has a certificate of nobody known, or for another name, gets no request', async () => {
    await using receiver = await start();
    await using trusting = createSender({ policy: { allowLoopback: true }, ca: tls.cert });
    const elsewhere = { url: `https://other.localhost:${receiver.port}/` };
    expect(await attack(receiver, sender, 10_000)).toMatchObject({
      error: { code: 'tls', message: expect.stringContaining('self-signed') },
    });
    expect(await attack(elsewhere, trusting, 10_000)).toMatchObject({
      error: { code: 'tls', message: expect.stringContaining('another name') },
    });
    expect(receiver.requests).toEqual([]);
  });

  it('stalls its handshake is ended by the deadline, and gets no late request when it comes to life', async () => {
    await using real = await start();
    const stalled: Socket[] = [];
    let awake = false;
    const passOn = (socket: Socket): void => void socket.pipe(connect(real.port, '127.0.0.1').on('error', () => {})).pipe(socket);
    await using door = await startDoor((socket) => (awake ? passOn(socket) : void stalled.push(socket)));
    await using trusting = createSender({ policy: { allowLoopback: true }, ca: tls.cert });
    expect(await attack({ url: `https://127.0.0.1:${door.port}/first` }, trusting)).toMatchObject({
      kind: 'failed',
      error: { code: 'timeout' },
    });
    awake = true;
    for (const socket of stalled) passOn(socket);
    for (const path of ['/second', '/third']) {
      expect(await attack({ url: `https://127.0.0.1:${door.port}${path}` }, trusting, 10_000)).toMatchObject({ kind: 'answered' });
    }
    expect(real.connections()).toBeGreaterThanOrEqual(2);
    expect(real.requests.map((request) => request.split(' ')[1])).toEqual(['/second', '/third']);
  });

  it('speaks plain HTTP where TLS is due has failed', async () => {
    await using door = await startDoor((socket) => socket.resume().end('HTTP/1.1 200 OK\r\n\r\n'));
    const outcome = await attack({ url: `https://127.0.0.1:${door.port}/` }, sender, 10_000);
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'tls' } });
  });

  it('hangs up during the handshake has refused the connection', async () => {
    await using door = await startDoor((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const outcome = await attack({ url: `https://127.0.0.1:${door.port}/` }, sender, 10_000);
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'connect' } });
  });
});
