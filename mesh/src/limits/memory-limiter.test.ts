import { describe, expect, it } from 'vitest';
import { createCounters } from './counters.ts';
import { limiterConformance, newLimit } from './limiter-conformance.ts';
import { createMemoryLimiter } from './memory-limiter.ts';

describe('the limiter in memory', () => {
  limiterConformance((nowMs) => createMemoryLimiter({ counters: createCounters(), nowMs }));

  it('forgets counters of past windows', () => {
    let now = 0;
    const counters = createCounters();
    const limiter = createMemoryLimiter({ counters, nowMs: () => now });
    for (let i = 0; i < 100_000; i += 1) {
      now += 100;
      limiter.consume([newLimit()]);
    }
    // 600 of them are in a window that is open; as many again as half of the sweep's threshold may wait for the sweep.
    expect(counters.size).toBeLessThan(2_500);
  });
});
