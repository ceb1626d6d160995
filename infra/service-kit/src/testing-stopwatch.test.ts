import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startStopwatch, within } from './testing-stopwatch.ts';

function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('a stopwatch', () => {
  it('counts what was waited for', async () => {
    const startedAt = performance.now();
    using stopwatch = startStopwatch();
    // However late timers come, each turn counts: as many of them as there are in 300 ms on a machine that is idle.
    for (let turns = 0; turns < 30; turns += 1) await pause(10);
    expect(stopwatch.tookMs()).toBeGreaterThan(150);
    expect(stopwatch.tookMs()).toBeLessThanOrEqual(performance.now() - startedAt);
  });

  it('does not count what it and its machine stood still', async () => {
    using stopwatch = startStopwatch();
    const startedAt = performance.now();
    for (let turns = 0; turns < 5; turns += 1) {
      standStill(200);
      await pause(1);
    }
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_000);
    expect(stopwatch.tookMs()).toBeLessThan(500);
  });
});

describe('what must be done within a time', () => {
  it('is answered when it is, and refused when it is not', async () => {
    expect(await within(10_000, async () => 'done')).toBe('done');
    await expect(within(50, () => pause(1_000))).rejects.toThrow(/^It took \d+ ms, which is longer than 50\.$/);
  });

  it('fails as it fails', async () => {
    await expect(within(10_000, () => Promise.reject(new Error('No.')))).rejects.toThrow('No.');
  });
});
