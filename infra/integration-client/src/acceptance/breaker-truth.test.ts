// The documented rule, more than half of at least ten in 60 s, at the documented traffic of 100 calls a minute, in virtual time.
import { createRequire } from 'node:module';
import { ConsecutiveBreaker, circuitBreaker, handleAll, SamplingBreaker } from 'cockatiel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LocalBreaker } from '../policies/breaker/breaker.ts';

type Opossum = { fire(): Promise<unknown>; opened: boolean; shutdown(): void };
// The package has no types.
const CircuitBreaker: new (action: () => Promise<unknown>) => Opossum = createRequire(import.meta.url)('opossum');

const CALL_EVERY_MS = 600;
const START = 1_750_000_000_000;

beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

const openBreaker = () => new LocalBreaker({ failureRatio: 0.5, minimumCalls: 10, openMs: 30_000 }, { now: Date.now, random: () => 0.5 });
const fail = (): Promise<never> => Promise.reject(new Error('The provider failed.'));

/** One call each 600 ms; how many were made until `done`. */
async function callsUntil(done: () => boolean, call: () => Promise<unknown>, atMost: number): Promise<number | undefined> {
  for (let made = 1; made <= atMost; made += 1) {
    await call().catch(() => {});
    if (done()) return made;
    await vi.advanceTimersByTimeAsync(CALL_EVERY_MS);
  }
  return undefined;
}

describe('at 100 failing calls a minute', () => {
  it('the breaker opens with the tenth', async () => {
    const breaker = openBreaker();
    const call = async (): Promise<void> => {
      const admission = await breaker.admit();
      if (admission.kind === 'admitted') admission.settle('failure');
    };
    expect(await callsUntil(() => breaker.openUntil() !== undefined, call, 1_000)).toBe(10);
  });

  it('it is closed again 30 s after it opened, with the first probe that succeeds', async () => {
    const breaker = openBreaker();
    let healthy = false;
    const call = async (): Promise<void> => {
      const admission = await breaker.admit();
      if (admission.kind === 'admitted') admission.settle(healthy ? 'success' : 'failure');
    };
    await callsUntil(() => breaker.openUntil() !== undefined, call, 100);
    const openedAt = Date.now();
    healthy = true;
    await callsUntil(() => breaker.openUntil() === undefined, call, 100);
    expect(Date.now() - openedAt).toBeGreaterThanOrEqual(30_000);
    expect(Date.now() - openedAt).toBeLessThanOrEqual(30_000 + CALL_EVERY_MS);
  });

  it('20 old failures and 100 s of success leave it closed', async () => {
    const breaker = openBreaker();
    let outcome: 'failure' | 'success' = 'failure';
    const call = async (): Promise<void> => {
      const admission = await breaker.admit();
      if (admission.kind === 'admitted') admission.settle(outcome);
    };
    await callsUntil(() => breaker.outcomes().failed === 9, call, 9);
    outcome = 'success';
    expect(await callsUntil(() => breaker.openUntil() !== undefined, call, Math.ceil(100_000 / CALL_EVERY_MS))).toBeUndefined();
    expect(breaker.outcomes().failed).toBe(0);
  });

  it("cockatiel's sampling breaker does not open in ten minutes", async () => {
    const policy = circuitBreaker(handleAll, {
      halfOpenAfter: 30_000,
      breaker: new SamplingBreaker({ threshold: 0.5, duration: 60_000 }),
    });
    let opened = false;
    policy.onBreak(() => {
      opened = true;
    });
    expect(
      await callsUntil(
        () => opened,
        () => policy.execute(fail),
        1_000,
      ),
    ).toBeUndefined();
    // The library itself works: by another rule it opens.
    const consecutive = circuitBreaker(handleAll, { halfOpenAfter: 30_000, breaker: new ConsecutiveBreaker(10) });
    consecutive.onBreak(() => {
      opened = true;
    });
    expect(
      await callsUntil(
        () => opened,
        () => consecutive.execute(fail),
        1_000,
      ),
    ).toBe(10);
  });

  it('opossum opens with the first', async () => {
    const breaker = new CircuitBreaker(fail);
    expect(
      await callsUntil(
        () => breaker.opened,
        () => breaker.fire(),
        100,
      ),
    ).toBe(1);
    breaker.shutdown();
  });
});
