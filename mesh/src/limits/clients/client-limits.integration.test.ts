import { newId } from '@portico/contracts/ids';
import { openRedis, type RedisConnection } from '@portico/service-kit/redis/redis';
import { hasRedisServer, startRedisServer } from '@portico/service-kit/redis/redis-testing';
import type { TestServer } from '@portico/service-kit/testing-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientLimits, createClientLimits } from './client-limits.ts';

const HOUR = 3_600;
/** Whether Redis is slow is not what is tested here. */
const PATIENT_MS = 10_000;
const rules = {
  failures: { limit: 4, windowSeconds: HOUR },
  failuresAnywhere: { limit: 6, windowSeconds: HOUR },
  tokens: { limit: 5, windowSeconds: HOUR },
};
const TOO_MANY = { code: 'RATE_LIMIT_EXCEEDED' };

describe.skipIf(!hasRedisServer)('an OAuth client at several gateways (skipped without a redis-server)', () => {
  let server: TestServer;
  let redis: RedisConnection;
  beforeAll(async () => {
    server = await startRedisServer();
    redis = await openRedis({ url: server.url, timeoutMs: PATIENT_MS, onChange: () => {} });
  });
  afterAll(async () => {
    await redis?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });
  const gateway = (): ClientLimits => createClientLimits({ rules, redis, nowMs: Date.now, onRefused: () => {} });

  it('has the guesses from one address counted together', async () => {
    const [one, other, client] = [gateway(), gateway(), newId('client')];
    for (const limits of [one, other, one, other]) await limits.countFailure(client, '203.0.113.1');
    await expect(one.countFailure(client, '203.0.113.1')).rejects.toMatchObject(TOO_MANY);
    for (const limits of [one, other]) await expect(limits.refuseClosed(client, '203.0.113.1')).rejects.toMatchObject(TOO_MANY);
  });

  it('is open, while everybody guesses at it, to where it proved itself at another gateway', async () => {
    const [one, other, client] = [gateway(), gateway(), newId('client')];
    one.countProof(client, '198.51.100.1');
    for (let i = 0; i < 6; i += 1) await other.countFailure(client, `203.0.113.${i}`);
    await expect(other.refuseClosed(client, '198.51.100.2')).rejects.toMatchObject(TOO_MANY);
    await other.refuseClosed(client, '198.51.100.1');
  });

  it('gets no more tokens from both than it may', async () => {
    const [one, other, client] = [gateway(), gateway(), newId('client')];
    const takes = await Promise.allSettled(Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? one : other).takeToken(client)));
    expect(takes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });

  it('is limited all the same while Redis is away', async () => {
    const [limits, client] = [gateway(), newId('client')];
    await server.kill();
    await expect.poll(() => redis.isUp()).toBe(false);
    for (let i = 0; i < 4; i += 1) await limits.countFailure(client, '203.0.113.9');
    await expect(limits.refuseClosed(client, '203.0.113.9')).rejects.toMatchObject(TOO_MANY);
    for (let i = 0; i < 5; i += 1) await limits.takeToken(client);
    await expect(limits.takeToken(client)).rejects.toMatchObject(TOO_MANY);
  });
});
