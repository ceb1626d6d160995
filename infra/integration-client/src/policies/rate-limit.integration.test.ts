import { openRedis } from '@portico/service-kit/redis/redis';
import { hasRedisServer, startRedisServer } from '@portico/service-kit/redis/redis-testing';
import { describe, expect, it } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

const never = new AbortController().signal;
const soon = () => Date.now() + 50;

async function grantedOf(limits: ReturnType<typeof createRateLimit>[], asked: number): Promise<number> {
  let granted = 0;
  for (let index = 0; index < asked; index += 1) {
    if ((await limits[index % limits.length]?.take(soon(), never)) === undefined) granted += 1;
  }
  return granted;
}

describe('the rate limit', () => {
  it('grants so many a minute and tells when the next may come', async () => {
    const limit = createRateLimit({ provider: 'acme', perMinute: 100, redis: undefined, now: Date.now });
    expect(await grantedOf([limit], 100)).toBe(100);
    const nextAt = await limit.take(soon(), never);
    expect(nextAt).toBeGreaterThan(Date.now() + 30_000);
    expect(nextAt).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  it('grants none while the provider wants a pause', async () => {
    const limit = createRateLimit({ provider: 'acme', perMinute: 100, redis: undefined, now: Date.now });
    const until = Date.now() + 10_000;
    limit.pauseUntil(until);
    expect(await limit.take(soon(), never)).toBe(until);
    const waited = Date.now() + 40;
    const other = createRateLimit({ provider: 'acme', perMinute: 100, redis: undefined, now: Date.now });
    other.pauseUntil(waited);
    expect(await other.take(waited + 5_000, never)).toBeUndefined();
    expect(Date.now()).toBeGreaterThanOrEqual(waited);
  });

  it('grants again after the clock was set back', async () => {
    const clock = { at: 1_000_000_000 };
    const limitOf = () => createRateLimit({ provider: 'acme', perMinute: 1, redis: undefined, now: () => clock.at });
    const [spent, paused] = [limitOf(), limitOf()];
    expect(await spent.take(clock.at + 50, never)).toBeUndefined();
    paused.pauseUntil(clock.at + 86_400_000);
    expect(await paused.take(clock.at + 50, never)).toBe(clock.at + 60_000);
    clock.at -= 3_600_000;
    expect(await spent.take(clock.at + 50, never)).toBeUndefined();
    expect(await paused.take(clock.at + 50, never)).toBeUndefined();
  });

  it('stops waiting with its signal', async () => {
    const limit = createRateLimit({ provider: 'acme', perMinute: 1, redis: undefined, now: Date.now });
    expect(await limit.take(soon(), never)).toBeUndefined();
    const controller = new AbortController();
    const waiting = limit.take(Date.now() + 120_000, controller.signal);
    controller.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
  });

  it.skipIf(!hasRedisServer)('grants again a minute later where the clock of Redis was set back (needs redis-server)', async () => {
    await using server = await startRedisServer();
    await using redis = await openRedis({ url: server.url, timeoutMs: 10_000, onChange: () => {} });
    const limit = createRateLimit({ provider: 'acme', perMinute: 1, redis, now: Date.now });
    expect(await limit.take(soon(), never)).toBeUndefined();
    await redis.client.pexpire('portico:integration:limit:acme', 3_600_000);
    expect(await limit.take(soon(), never)).toBeUndefined();
    expect(await limit.take(soon(), never)).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  it.skipIf(!hasRedisServer)(
    'holds over processes that share a Redis, and goes on in each when it is killed (needs redis-server)',
    async () => {
      await using server = await startRedisServer();
      const open = () => openRedis({ url: server.url, timeoutMs: 10_000, onChange: () => {} });
      await using one = await open();
      await using other = await open();
      const limits = [one, other].map((redis) => createRateLimit({ provider: 'acme', perMinute: 60, redis, now: Date.now }));
      expect(await grantedOf(limits, 100)).toBe(60);
      await server.kill();
      expect(await grantedOf(limits, 20)).toBe(20);
    },
  );
});
