import { openRedis, type RedisConnection } from '@portico/service-kit/redis/redis';
import { hasRedisServer, startRedisServer } from '@portico/service-kit/redis/redis-testing';
import type { TestServer } from '@portico/service-kit/testing-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AddressLimits, createAddressLimits } from '../address-limits.ts';

/** Whether Redis is slow is not what is tested here. */
const PATIENT_MS = 10_000;
const IMPATIENT_MS = 300;
const rules = { failures: { limit: 4, windowSeconds: 3_600 }, publicRequests: { limit: 2, windowSeconds: 3_600 } };

describe.skipIf(!hasRedisServer)('an address at several gateways (skipped without a redis-server)', () => {
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

  const gateway = (): AddressLimits => createAddressLimits({ rules, redis, nowMs: Date.now, onRefused: () => {} });
  const TOO_MANY = { code: 'RATE_LIMIT_EXCEEDED' };

  it('has its failures and public requests counted together', async () => {
    const [one, other] = [gateway(), gateway()];
    for (const limits of [one, other, one, other]) await limits.countFailure('203.0.113.1');
    await expect(one.countFailure('203.0.113.1')).rejects.toMatchObject(TOO_MANY);
    for (const limits of [one, other]) expect(() => limits.refuseBlocked('203.0.113.1')).toThrow(expect.objectContaining(TOO_MANY));
    for (const limits of [one, other]) await limits.countPublic('203.0.113.1');
    await expect(one.countPublic('203.0.113.1')).rejects.toMatchObject(TOO_MANY);
  });

  it('is limited all the same while Redis stands still, which is asked once, and told by it', async () => {
    await using impatient = await openRedis({ url: server.url, timeoutMs: IMPATIENT_MS, onChange: () => {} });
    const limits = createAddressLimits({ rules, redis: impatient, nowMs: Date.now, onRefused: () => {} });
    server.signal('SIGSTOP');
    try {
      await limits.countPublic('203.0.113.3');
      expect(impatient.isUp()).toBe(false);
      await limits.countPublic('203.0.113.3');
      await expect(limits.countPublic('203.0.113.3')).rejects.toMatchObject(TOO_MANY);
    } finally {
      server.signal('SIGCONT');
    }
    await expect.poll(() => impatient.isUp()).toBe(true);
    // A question beyond the first would have been answered by now, on the connection or after it.
    expect(await redis.client.get('portico:address:public:203.0.113.3')).toSatisfy((used: string | null) => Number(used) <= 1);
  });

  it('is not shut out for longer than a window by a Redis whose clock was set back', async () => {
    const limits = gateway();
    for (let i = 0; i < 2; i += 1) await limits.countPublic('203.0.113.4');
    await redis.client.pexpire('portico:address:public:203.0.113.4', 10 * 3_600_000);
    for (let i = 0; i < 2; i += 1) await limits.countPublic('203.0.113.4');
    const refused = await limits.countPublic('203.0.113.4').catch((error: unknown) => error);
    expect(refused).toMatchObject(TOO_MANY);
    expect((refused as { retryAfterSeconds: number }).retryAfterSeconds).toBeLessThanOrEqual(3_600);
  });

  it('is limited all the same while Redis is away', async () => {
    const limits = gateway();
    await server.kill();
    await expect.poll(() => redis.isUp()).toBe(false);
    for (let i = 0; i < 4; i += 1) await limits.countFailure('203.0.113.2');
    expect(() => limits.refuseBlocked('203.0.113.2')).toThrow(expect.objectContaining(TOO_MANY));
    await expect(limits.countFailure('203.0.113.2')).rejects.toMatchObject(TOO_MANY);
  });
});
