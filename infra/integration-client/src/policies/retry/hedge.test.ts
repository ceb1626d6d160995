import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EndSignal } from '../ending.ts';
import { hedged } from './hedge.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Started = { resolve(result: string): void; signal: EndSignal };

function setUp({ mayHedge = true } = {}) {
  const started: Started[] = [];
  const controller = new AbortController();
  const answer = hedged(
    {
      afterMs: 100,
      mayHedge: () => mayHedge,
      start: (signal) => new Promise<string>((resolve) => started.push({ resolve, signal })),
      isGood: (result) => result.startsWith('good'),
      ended: () => new Error('slower'),
    },
    controller.signal,
  );
  return { started, answer, controller };
}

describe('a hedge', () => {
  it('starts a second request when the first is slow, takes the faster and ends the slower', async () => {
    const { started, answer } = setUp();
    await vi.advanceTimersByTimeAsync(99);
    expect(started).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(started).toHaveLength(2);
    started[1]?.resolve('good 2');
    expect(await answer).toBe('good 2');
    expect(started[0]?.signal.reason).toEqual(new Error('slower'));
  });

  it('starts no second request when the first was fast, or nothing pays for it', async () => {
    const fast = setUp();
    fast.started[0]?.resolve('good');
    expect(await fast.answer).toBe('good');
    const poor = setUp({ mayHedge: false });
    await vi.advanceTimersByTimeAsync(1_000);
    expect([fast.started.length, poor.started.length]).toEqual([1, 1]);
  });

  it('waits for the other when one fails, and fails when both do', async () => {
    const one = setUp();
    await vi.advanceTimersByTimeAsync(100);
    one.started[0]?.resolve('bad');
    one.started[1]?.resolve('good');
    expect(await one.answer).toBe('good');
    const both = setUp();
    await vi.advanceTimersByTimeAsync(100);
    both.started[1]?.resolve('bad 2');
    both.started[0]?.resolve('bad 1');
    expect(await both.answer).toBe('bad 1');
  });

  it('ends all requests with the call', async () => {
    const { started, controller } = setUp();
    await vi.advanceTimersByTimeAsync(100);
    controller.abort();
    expect(started.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  });
});
