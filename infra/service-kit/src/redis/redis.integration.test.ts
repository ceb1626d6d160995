import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { standBetween } from '../testing-between.ts';
import { startTestServer, type TestServer } from '../testing-server.ts';
import { within } from '../testing-stopwatch.ts';
import { openRedis, type RedisConnection } from './redis.ts';
import { hasRedisServer, startRedisServer } from './redis-testing.ts';

const TIMEOUT_MS = 300;
const REFUSED_TRIES = 3;
/** Less than Redis takes to load. */
const SOON_MS = 2_000;
/** How many bytes it loads before it looks who asks. */
const SLOWLY = '--loading-process-events-interval-bytes';

describe.skipIf(!hasRedisServer)('a connection to a Redis that fails (skipped without a redis-server)', () => {
  let server: TestServer;
  let admin: Redis;
  let opened: AsyncDisposableStack;
  let changes: boolean[];
  let reasons: string[];
  beforeAll(async () => {
    server = await startRedisServer();
    admin = new Redis(server.url);
  });
  afterAll(async () => {
    admin?.disconnect();
    await server?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    opened = new AsyncDisposableStack();
    changes = [];
    reasons = [];
    return () => opened.disposeAsync();
  });

  function note(up: boolean, reason: string): void {
    changes.push(up);
    if (!up) reasons.push(reason);
  }
  const open = async (url = server.url): Promise<RedisConnection> =>
    opened.use(await openRedis({ url, timeoutMs: TIMEOUT_MS, onChange: note }));
  const write = (redis: RedisConnection): Promise<unknown> => redis.run((client) => client.set('written', '1'));
  /** The URL of a server of the test's own. */
  async function listen(own: Server): Promise<string> {
    await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
    opened.defer(() => void own.close());
    const address = own.address();
    return `redis://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }
  /** How many commands Redis refused with this word. */
  async function refusals(word: string): Promise<number> {
    const stats = await admin.info('errorstats');
    return Number(new RegExp(`errorstat_${word}:count=(\\d+)`).exec(stats)?.[1] ?? 0);
  }

  it.each([
    ['READONLY', () => admin.replicaof('127.0.0.1', 1), () => admin.replicaof('NO', 'ONE')],
    ['OOM', () => admin.config('SET', 'maxmemory', '1'), () => admin.config('SET', 'maxmemory', '0')],
  ])('is down, once and for as long as Redis reads but refuses to write (%s)', async (word, spoil, mend) => {
    const redis = await open();
    await spoil();
    try {
      await expect(write(redis)).rejects.toThrow(word);
      const before = await refusals(word);
      await expect.poll(() => refusals(word)).toBeGreaterThan(before + REFUSED_TRIES);
      expect([redis.isUp(), await redis.answers(), changes]).toEqual([false, false, [true, false]]);
    } finally {
      await mend();
    }
    await expect.poll(() => changes).toEqual([true, false, true]);
    await write(redis);
  });

  it('is down where nobody has written yet, when it is asked', async () => {
    const redis = await open();
    await admin.replicaof('127.0.0.1', 1);
    try {
      expect(await redis.answers()).toBe(false);
    } finally {
      await admin.replicaof('NO', 'ONE');
    }
    await expect.poll(() => redis.isUp()).toBe(true);
  });

  it('is one to the server that takes writes as soon as that is the one behind the address', async () => {
    await using next = await startRedisServer();
    let behind = new URL(server.url);
    const address = createServer((near) => {
      const far = connect(Number(behind.port), behind.hostname);
      near.pipe(far).pipe(near);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const)
        one.on('error', () => {}).once('close', () => other.destroy());
    });
    const redis = await open(await listen(address));
    behind = new URL(next.url);
    await admin.replicaof('127.0.0.1', 1);
    try {
      await expect(write(redis)).rejects.toThrow('READONLY');
      await expect.poll(() => redis.isUp()).toBe(true);
      await write(redis);
    } finally {
      await admin.replicaof('NO', 'ONE');
    }
  });

  it('is down, and keeps nobody waiting, while Redis loads its data', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'portico-redis-'));
    opened.defer(() => rm(dir, { recursive: true }));
    const loading = opened.use(
      await startTestServer({
        command: 'redis-server',
        argumentsFor: (port) =>
          ['--port', port, '--bind', '127.0.0.1', '--save', '', '--dir', dir, '--key-load-delay', 2_000, SLOWLY, 1_024].map(String),
        url: (port) => `redis://127.0.0.1:${port}`,
        answers: async (url) => (await taken(url)) === 'taken',
      }),
    );
    const writer = new Redis(loading.url);
    await writer.eval(`for i = 1, 2000 do redis.call('SET', 'key' .. i, i) end`, 0);
    await writer.save();
    writer.disconnect();
    await loading.start();
    const redis = await within(SOON_MS, () => open(loading.url));
    expect([redis.isUp(), reasons]).toEqual([false, ['LOADING Redis is loading the dataset in memory']]);
    await expect.poll(() => changes).toEqual([false, true]);
    await write(redis);
  });

  it('is made anew when nothing comes through it any more', async () => {
    await using between = await standBetween(server.url);
    const redis = await open(between.url);
    between.freeze();
    await expect(write(redis)).rejects.toThrow('did not answer');
    await expect.poll(() => changes).toEqual([true, false, true]);
    await write(redis);
    // Why it was down before is not why it is down now.
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await expect.poll(() => reasons.at(-1)).toBe('the connection was closed');
  });

  it('is down, and is tried again, where somebody takes connections and never answers', async () => {
    const sockets = new Set<Socket>();
    let taken = 0;
    const silent = createServer((socket) => {
      taken += 1;
      sockets.add(socket);
      socket.on('error', () => {}).once('close', () => sockets.delete(socket));
      socket.resume();
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    opened.defer(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => silent.close(() => resolve()));
    });
    const address = silent.address();
    const redis = await open(`redis://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    await expect(write(redis)).rejects.toThrow('down');
    await expect.poll(() => taken).toBeGreaterThan(REFUSED_TRIES);
    expect([changes, sockets.size]).toEqual([[false], 1]);
  });

  it.each([
    'HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n',
    '-ERR max number of clients reached\r\n',
    '$x\r\n?\r\n',
    '+OK\r\n',
    ':7\r\n',
  ])('is down where somebody else answers with %j', async (text) => {
    const other = createServer((socket) => socket.on('error', () => {}).on('data', () => socket.write(text)));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const redis = await open(`redis://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    opened.defer(() => void other.close());
    expect([redis.isUp(), await redis.answers(), changes]).toEqual([false, false, [false]]);
  });
});

/** Whether somebody takes connections there. */
function taken(url: string): Promise<'taken' | 'refused'> {
  const { port, hostname } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
      .once('connect', () => resolve('taken'))
      .once('error', () => resolve('refused'))
      .once('connect', () => socket.destroy());
  });
}
