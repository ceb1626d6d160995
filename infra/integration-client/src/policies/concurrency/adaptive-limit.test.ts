import { describe, expect, it } from 'vitest';
import { AdaptiveLimit, type EndedTry } from './adaptive-limit.ts';

type Generation = { atATime?: number; outcome?: EndedTry['outcome']; operation?: string };

function open(bounds = { min: 1, initial: 20, max: 200 }) {
  let now = 1_000_000;
  const limit = new AdaptiveLimit(bounds, () => now);
  /** So many tries together (as many as there are places), which all take so long. */
  const generation = (ms: number, { atATime = limit.places, outcome = 'answered', operation = 'get' }: Generation = {}): void => {
    const beganAt = now;
    const tries = Array.from({ length: atATime }, () => limit.began());
    now += ms;
    for (const underWay of tries) limit.ended({ operation, underWay, beganAt, outcome });
  };
  const generations = (count: number, ms: number, more: Generation = {}): void => {
    for (let made = 0; made < count; made += 1) generation(ms, more);
  };
  return { limit, generation, generations, now: () => now };
}

/** After its first measurement, of answers that take 100 ms. */
function measured(bounds?: Parameters<typeof open>[0]) {
  const opened = open(bounds);
  opened.generations(20, 100, { atATime: 1 });
  return opened;
}

describe('an adaptive limit', () => {
  it('grows while answers come as fast as usual, to its maximum and no further', () => {
    const { limit, generations } = measured({ min: 1, initial: 20, max: 40 });
    generations(5, 100);
    expect(limit.limit).toBe(25);
    generations(100, 100);
    expect(limit.limit).toBe(40);
  });

  it('falls when answers take more than 1.3 times as long as usual, and grows while they do not', () => {
    const { limit, generations } = measured();
    generations(10, 100);
    const reached = limit.limit;
    generations(3, 129);
    expect(limit.limit).toBeGreaterThan(reached);
    generations(3, 300);
    expect(limit.limit).toBeLessThan(reached * 0.75);
  });

  it('follows a provider that has 20 workers for as long as it is pressed, without taking its queue for its usual time', () => {
    const { limit, generation } = open();
    const seen: number[] = [];
    // Ten minutes: with more than 20 at a time, each waits for those before.
    for (let made = 0; made < 4_000; made += 1) {
      generation(100 * Math.max(1, limit.places / 20));
      if (made > 100) seen.push(limit.limit);
    }
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(20);
    expect(Math.max(...seen)).toBeLessThanOrEqual(40);
  });

  it('does not move when it is not reached, however fast or slow the answers are', () => {
    const { limit, generations } = open();
    generations(100, 100, { atATime: 9 });
    generations(100, 5_000, { atATime: 9 });
    expect(limit.limit).toBe(20);
  });

  it('learns a provider that has become slower for good, and comes back', () => {
    const { limit, generations } = open();
    generations(20, 100);
    const reached = limit.limit;
    generations(10, 400);
    expect(limit.limit).toBeLessThan(reached);
    generations(400, 400);
    expect(limit.limit).toBeGreaterThan(reached);
  });

  it('compares each operation with itself', () => {
    const { limit, generations } = open();
    generations(5, 20, { operation: 'find' });
    generations(5, 2_000, { operation: 'report' });
    const reached = limit.limit;
    for (let turn = 0; turn < 5; turn += 1) {
      generations(1, 20, { operation: 'find' });
      generations(4, 2_000, { operation: 'report' });
    }
    expect(limit.limit).toBeGreaterThan(reached);
  });

  it('gives half of its places until it has measured, at first and ten seconds after, while it is pressed', () => {
    const { limit, generations } = open();
    expect([limit.limit, limit.places]).toEqual([20, 10]);
    generations(2, 100);
    expect(limit.places).toBe(limit.limit);
    generations(99, 100);
    expect(limit.places).toBe(limit.limit);
    generations(1, 100);
    expect(limit.places).toBe(Math.floor(limit.limit / 2));
    generations(2, 100);
    expect(limit.places).toBe(limit.limit);
  });

  it('loses a place with each overload, half of them with a whole generation, and nothing more to tries that began before', () => {
    const { limit, generation, now } = measured();
    const beganAt = now();
    const before = Array.from({ length: 20 }, () => limit.began());
    generation(0, { atATime: 3, outcome: 'overloaded' });
    expect(limit.limit).toBe(17);
    generation(250, { atATime: 17, outcome: 'overloaded' });
    expect(limit.limit).toBe(10);
    for (const underWay of before) limit.ended({ operation: 'get', underWay, beganAt, outcome: 'overloaded' });
    expect(limit.limit).toBe(10);
  });

  it('never falls below its minimum, and grows again from there', () => {
    const { limit, generations } = open({ min: 2, initial: 20, max: 200 });
    generations(50, 250, { outcome: 'overloaded' });
    expect(limit.limit).toBe(2);
    generations(300, 100);
    expect(limit.limit).toBeGreaterThan(20);
  });

  it('bears one overload in a hundred, and does not grow with one in ten', () => {
    const [rare, frequent] = [open(), open()];
    for (let made = 1; made <= 5_000; made += 1) {
      rare.generation(1, { outcome: made % 100 === 0 ? 'overloaded' : 'answered', atATime: rare.limit.places });
      const overloaded = Math.ceil(frequent.limit.places / 10);
      frequent.generation(1, { outcome: 'overloaded', atATime: overloaded });
      frequent.generation(1, { atATime: frequent.limit.places });
    }
    expect(rare.limit.limit).toBeGreaterThan(30);
    expect(frequent.limit.limit).toBeLessThan(20);
  });

  it('hears nothing in what says nothing of the load', () => {
    const { limit, generations } = open();
    generations(100, 5_000, { outcome: 'neither' });
    expect(limit.limit).toBe(20);
  });
});
