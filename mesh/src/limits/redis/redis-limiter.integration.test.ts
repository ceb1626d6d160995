import { openRedis, type RedisConnection } from '@portico/service-kit/redis';
import { testRedisUrl } from '@portico/service-kit/redis-testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCounters } from '../counters.ts';
import { limiterConformance, newLimit } from '../limiter-conformance.ts';
import { createRedisLimiter, type RedisLimiter } from './redis-limiter.ts';

const url = await testRedisUrl();
/** Whether Redis is slow is not what is tested here. */
const PATIENT_MS = 10_000;

describe.skipIf(url === undefined)('the limiter in Redis (skipped without a Redis)', () => {
  let redis: RedisConnection;
  let calls = 0;
  beforeAll(async () => {
    redis = await openRedis({ url: url ?? '', timeoutMs: PATIENT_MS, onChange: () => {} });
  });
  afterAll(() => redis?.[Symbol.asyncDispose]());

  const gateway = (nowMs: () => number = Date.now): RedisLimiter =>
    createRedisLimiter({
      redis: {
        run: (command) => {
          calls += 1;
          return redis.run(command);
        },
      },
      counters: createCounters(),
      nowMs,
    });

  limiterConformance(gateway);

  it('asks once for all requests of a turn of the event loop', async () => {
    const limiter = gateway();
    const [mine, yours] = [newLimit({ limit: 20 }), newLimit({ limit: 20 })];
    calls = 0;
    const outcomes = await Promise.all(Array.from({ length: 64 }, (_, i) => limiter.consume([i % 2 === 0 ? mine : yours])));
    expect([calls, outcomes.filter(({ allowed }) => allowed).length]).toEqual([1, 40]);
  });

  it('counts exactly across gateways, however the requests meet', async () => {
    const now = Date.now();
    const gateways = Array.from({ length: 4 }, () => gateway(() => now));
    const [quota, burst] = [newLimit({ limit: 500, windowSeconds: 86_400 }), newLimit({ limit: 100, windowSeconds: 86_400 })];
    const outcomes = await Promise.all(
      Array.from({ length: 4_000 }, async (_, i) => {
        for (let turn = 0; turn < i % 7; turn += 1) await new Promise(setImmediate);
        return gateways[i % 4]?.consume([quota, burst]);
      }),
    );
    expect(outcomes.filter((outcome) => outcome?.allowed)).toHaveLength(100);
    expect(await gateways[0]?.consume([quota])).toMatchObject({ remaining: 399 });
  });

  it('works on when Redis has forgotten the script', async () => {
    const limiter = gateway();
    const limit = newLimit();
    await limiter.consume([limit]);
    await redis.client.script('FLUSH');
    expect(await limiter.consume([limit])).toMatchObject({ allowed: true, remaining: 1 });
  });

  it('goes on from what it knew when Redis has forgotten the counters', async () => {
    const limiter = gateway();
    const limit = newLimit({ windowSeconds: 86_400 });
    await limiter.consume([limit]);
    await limiter.consume([limit]);
    const keys = await redis.client.keys(`*${limit.key}:*`);
    expect(await redis.client.del(...keys)).toBe(1);
    expect(await limiter.consume([limit])).toMatchObject({ allowed: true, remaining: 0 });
    expect(await gateway().consume([limit])).toMatchObject({ allowed: false });
  });

  it('leaves nothing behind: every counter expires soon after its window', async () => {
    const limit = newLimit();
    await gateway().consume([limit]);
    const [key = ''] = await redis.client.keys(`*${limit.key}:*`);
    const left = await redis.client.pttl(key);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(120_000);
  });
});
