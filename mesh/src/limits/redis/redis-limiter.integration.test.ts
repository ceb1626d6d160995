import { openRedis, type RedisConnection } from '@portico/service-kit/redis/redis';
import { testRedisUrl } from '@portico/service-kit/redis/redis-testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCounters } from '../counters.ts';
import type { Limit, Limiter, LimitRequest } from '../limiter.ts';
import { limiterConformance, newLimit } from '../limiter-conformance.ts';
import { createRedisLimiter } from './redis-limiter.ts';

const url = await testRedisUrl();
/** Whether Redis is slow is not what is tested here. */
const PATIENT_MS = 10_000;
const DAY = 86_400;

function standingClock(): () => number {
  const now = Date.now();
  return () => now;
}

const quotaOf = (run: number): Limit => newLimit({ key: `ahead-${run}-burst`, limit: 5_000, windowSeconds: DAY });

describe.skipIf(url === undefined)('the limiter in Redis (skipped without a Redis)', () => {
  let redis: RedisConnection;
  let calls = 0;
  beforeAll(async () => {
    redis = await openRedis({ url: url ?? '', timeoutMs: PATIENT_MS, onChange: () => {} });
  });
  afterAll(() => redis?.[Symbol.asyncDispose]());

  /** Its clock stands unless it is given one: no window ends in the middle of a test. */
  const gateway = (nowMs = standingClock()): Limiter => {
    const shared = createRedisLimiter({
      redis: {
        run: (command) => {
          calls += 1;
          return redis.run(command);
        },
      },
      counters: createCounters(),
      nowMs,
    });
    return { consume: (request) => shared.take(request) ?? shared.consume(request) };
  };

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

  it('grants a busy credential requests ahead, and across gateways still exactly as many as the limit says', async () => {
    const now = Date.now();
    const gateways = Array.from({ length: 4 }, () => {
      const limiter = gateway(() => now);
      const request: LimitRequest = [newLimit({ key: `ahead-${now}-quota`, limit: 9_000, windowSeconds: DAY }), quotaOf(now)];
      return () => limiter.consume(request);
    });
    calls = 0;
    const verdicts = await Promise.all(
      gateways.map(async (consume, i) => {
        let allowed = 0;
        for (let turn = 0; turn < 300; turn += 1) {
          const outcomes = await Promise.all(Array.from({ length: 5 + i * 3 }, consume));
          allowed += outcomes.filter((outcome) => outcome.allowed).length;
        }
        return allowed;
      }),
    );
    expect(verdicts.reduce((sum, allowed) => sum + allowed)).toBe(5_000);
    // One by one it were a call for every one of the 1,200 turns until the limit is reached, and for each after it.
    expect(calls).toBeLessThan(900);
  });

  it('shows what is left as if nothing had been granted ahead', async () => {
    const now = Date.now();
    const limiter = gateway(() => now);
    const request: LimitRequest = [newLimit({ limit: 10_000, windowSeconds: DAY })];
    const shown: number[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      for (const { remaining } of await Promise.all(Array.from({ length: 20 }, async () => limiter.consume(request))))
        shown.push(remaining);
    }
    expect(shown.toSorted((a, b) => b - a)).toEqual(Array.from({ length: 400 }, (_, i) => 9_999 - i));
  });

  it('grants nothing ahead to who comes now and then, nor near the limit', async () => {
    let now = Date.now();
    const [calm, spent] = [gateway(() => now), gateway(() => now)];
    const [often, tight]: LimitRequest[] = [
      [newLimit({ limit: 10_000, windowSeconds: DAY })],
      [newLimit({ limit: 120, windowSeconds: DAY })],
    ];
    for (let i = 0; i < 30; i += 1) {
      now += 50;
      await calm.consume(often as LimitRequest);
    }
    for (let i = 0; i < 5; i += 1) await Promise.all(Array.from({ length: 20 }, async () => spent.consume(tight as LimitRequest)));
    expect(await gateway(() => now).consume(often as LimitRequest)).toMatchObject({ remaining: 9_969 });
    expect(await gateway(() => now).consume(tight as LimitRequest)).toMatchObject({ remaining: 19 });
  });

  it('gives up what is left of a lease when its window ends', async () => {
    let now = Math.floor(Date.now() / 60_000) * 60_000 + 30_000;
    const limiter = gateway(() => now);
    const request: LimitRequest = [newLimit({ limit: 1_000 })];
    for (let turn = 0; turn < 3; turn += 1) await Promise.all(Array.from({ length: 20 }, async () => limiter.consume(request)));
    now += 30_000;
    expect(await limiter.consume(request)).toMatchObject({ allowed: true, remaining: 999 });
  });

  it('works on when Redis has forgotten the script', async () => {
    const limiter = gateway();
    const limit = newLimit();
    await limiter.consume([limit]);
    await redis.client.script('FLUSH');
    expect(await limiter.consume([limit])).toMatchObject({ allowed: true, remaining: 1 });
  });

  it('goes on from what it knew when Redis has forgotten the counters', async () => {
    const clock = standingClock();
    const limiter = gateway(clock);
    const limit = newLimit({ windowSeconds: 86_400 });
    await limiter.consume([limit]);
    await limiter.consume([limit]);
    const keys = await redis.client.keys(`*${limit.key}:*`);
    expect(await redis.client.del(...keys)).toBe(1);
    expect(await limiter.consume([limit])).toMatchObject({ allowed: true, remaining: 0 });
    expect(await gateway(clock).consume([limit])).toMatchObject({ allowed: false });
  });

  it.each<[string, (key: string) => Promise<unknown>]>([
    ['a text', (key) => redis.client.set(key, 'x')],
    ['a number that no counter has', (key) => redis.client.set(key, '-1.5')],
    ['a list', (key) => redis.client.rpush(key, 'x')],
  ])('goes on from what it knew when somebody has put %s in the place of a counter', async (_, spoil) => {
    const limiter = gateway();
    const limit = newLimit({ windowSeconds: DAY });
    await limiter.consume([limit]);
    const [key = ''] = await redis.client.keys(`*${limit.key}:*`);
    await redis.client.del(key);
    await spoil(key);
    expect(await limiter.consume([limit])).toMatchObject({ allowed: true, remaining: 1 });
    expect(await limiter.consume([limit])).toMatchObject({ allowed: true, remaining: 0 });
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
