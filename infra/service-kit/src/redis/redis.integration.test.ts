import { createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { standBetween } from '../testing-between.ts';
import type { TestServer } from '../testing-server.ts';
import { openRedis, type RedisConnection } from './redis.ts';
import { hasRedisServer, startRedisServer } from './redis-testing.ts';

const TIMEOUT_MS = 300;
const REFUSED_TRIES = 3;

describe.skipIf(!hasRedisServer)('a connection to a Redis that fails (skipped without a redis-server)', () => {
  let server: TestServer;
  let admin: Redis;
  let opened: AsyncDisposableStack;
  let changes: boolean[];
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
    return () => opened.disposeAsync();
  });

  const open = async (url = server.url): Promise<RedisConnection> =>
    opened.use(await openRedis({ url, timeoutMs: TIMEOUT_MS, onChange: (up) => changes.push(up) }));
  const write = (redis: RedisConnection): Promise<unknown> => redis.run((client) => client.set('written', '1'));
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

  it('is made anew when nothing comes through it any more', async () => {
    await using between = await standBetween(server.url);
    const redis = await open(between.url);
    between.freeze();
    await expect(write(redis)).rejects.toThrow('did not answer');
    await expect.poll(() => changes).toEqual([true, false, true]);
    await write(redis);
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
