import { openRedis } from '@portico/service-kit/redis/redis';
import { hasRedisServer, startRedisServer } from '@portico/service-kit/redis/redis-testing';
import type { TestServer } from '@portico/service-kit/testing-server';
import { within } from '@portico/service-kit/testing-stopwatch';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCounters } from '../counters.ts';
import type { Limiter } from '../limiter.ts';
import { newLimit } from '../limiter-conformance.ts';
import { createFallbackLimiter } from './fallback-limiter.ts';

/** Whether Redis is slow is not what most of these are about. */
const PATIENT_MS = 10_000;
const TIMEOUT_MS = 300;
/** Of a fallback that waits for the deadline once, and for nothing else. */
const SLOW_MS = 1_000;
const DAY = 86_400;

describe.skipIf(!hasRedisServer)('the limiter that falls back to memory (skipped without a redis-server)', () => {
  let server: TestServer;
  let opened: AsyncDisposableStack;
  let changes: boolean[];
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  beforeEach(() => {
    opened = new AsyncDisposableStack();
    changes = [];
    return () => opened.disposeAsync();
  });

  async function openLimiter(timeoutMs = PATIENT_MS): Promise<Limiter> {
    const redis = opened.use(await openRedis({ url: server.url, timeoutMs, onChange: (up) => changes.push(up) }));
    // The clock stands: no day ends in the middle of a test.
    const now = Date.now();
    return createFallbackLimiter({ redis, counters: createCounters(), nowMs: () => now });
  }

  it('fails no request and lets none too many through while Redis dies, is away, and comes back empty', async () => {
    const limiter = await openLimiter();
    const limit = newLimit({ limit: 300, windowSeconds: DAY });
    const send = async (count: number): Promise<number> =>
      (await Promise.all(Array.from({ length: count }, async () => limiter.consume([limit])))).filter(({ allowed }) => allowed).length;
    let allowed = await send(100);
    const dying = send(50);
    await server.kill();
    allowed += await dying;
    allowed += await send(100);
    await expect.poll(() => changes.at(-1)).toBe(false);
    await server.start();
    await expect.poll(() => changes.at(-1)).toBe(true);
    allowed += await send(500);
    expect(allowed).toBe(300);
    expect(changes).toEqual([true, false, true]);
  });

  it('limits in memory when Redis stands still, tells it once, and asks it again when it goes on', async () => {
    const limiter = await openLimiter(TIMEOUT_MS);
    const limit = newLimit({ limit: 5, windowSeconds: DAY });
    server.signal('SIGSTOP');
    try {
      const outcomes = await within(SLOW_MS, () => Promise.all(Array.from({ length: 50 }, async () => limiter.consume([limit]))));
      expect(outcomes.filter(({ allowed }) => allowed)).toHaveLength(5);
      expect(limiter.consume([limit])).not.toBeInstanceOf(Promise);
      expect(changes).toEqual([true, false]);
    } finally {
      server.signal('SIGCONT');
    }
    await expect.poll(() => changes).toEqual([true, false, true]);
    expect(await limiter.consume([limit])).toMatchObject({ allowed: false });
  });

  it('asks Redis no more about a limit that is known to be used up', async () => {
    const limiter = await openLimiter();
    const limit = newLimit({ limit: 1, windowSeconds: DAY });
    expect(await limiter.consume([limit])).toMatchObject({ allowed: true });
    expect(limiter.consume([limit])).toMatchObject({ allowed: false, remaining: 0 });
    expect(limiter.consume([newLimit()])).toBeInstanceOf(Promise);
  });

  it('begins in memory when there is no Redis yet', async () => {
    await server.kill();
    const limiter = await openLimiter();
    const limit = newLimit({ limit: 1, windowSeconds: DAY });
    expect([limiter.consume([limit]), limiter.consume([limit])]).toMatchObject([{ allowed: true }, { allowed: false }]);
    await server.start();
    await expect.poll(() => changes).toEqual([false, true]);
    expect(await limiter.consume([limit])).toMatchObject({ allowed: false });
  });
});
