import { describe, expect, it } from 'vitest';
import { backoff } from './backoff.ts';
import { createRetryBudget, MINIMUM_PER_SECOND, SAVED_AT_MOST, SHARE_OF_CALLS } from './retry-budget.ts';

function spend(budget: ReturnType<typeof createRetryBudget>, atMost: number): number {
  let spent = 0;
  while (spent < atMost && budget.withdraw()) spent += 1;
  return spent;
}

describe('the retry budget', () => {
  it('adds no more than a fifth to the load, and three a second', () => {
    let now = 0;
    const budget = createRetryBudget(() => now);
    const seconds = 60;
    let extra = -spend(budget, 1_000);
    for (let call = 0; call < seconds * 1_000; call += 1) {
      now = call;
      budget.deposit();
      extra += spend(budget, 3);
    }
    expect(extra).toBeLessThanOrEqual(seconds * (1_000 * SHARE_OF_CALLS + MINIMUM_PER_SECOND));
    expect(extra).toBeGreaterThan(seconds * 1_000 * SHARE_OF_CALLS * 0.9);
  });

  it('grants a few in quiet times, and saves up no more than its maximum', () => {
    let now = 0;
    const budget = createRetryBudget(() => now);
    spend(budget, 1_000);
    now = 1_000;
    expect(spend(budget, 1_000)).toBe(MINIMUM_PER_SECOND);
    now = 86_400_000;
    expect(spend(budget, 1_000)).toBe(SAVED_AT_MOST);
  });

  it('gains nothing from a clock that goes back', () => {
    let now = 10_000;
    const budget = createRetryBudget(() => now);
    spend(budget, 1_000);
    now = 0;
    expect(budget.withdraw()).toBe(false);
    now = 10_000;
    expect(budget.withdraw()).toBe(false);
  });
});

describe('the wait before a retry', () => {
  it('is anything between nothing and a limit that doubles up to its cap', () => {
    const settings = { baseMs: 100, capMs: 5_000 };
    const longest = [1, 2, 3, 4, 10].map((retry) => backoff(retry, settings, () => 0.999_999));
    expect(longest).toEqual([99, 199, 399, 799, 4_999]);
    expect(backoff(3, settings, () => 0)).toBe(0);
    expect(backoff(3, settings, () => 0.5)).toBe(200);
  });
});
