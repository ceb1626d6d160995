// What every limiter guarantees. Each implementation's test runs this against its own.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Limit, Limiter, LimitRequest } from './limiter.ts';

const HOUR = 3_600;
const MINUTE = 60;
/** A full hour, and so a full minute. */
const START_MS = Date.UTC(2026, 0, 1, 12);

let names = 0;

/** A limit that no other test counts in. */
export function newLimit(given: Partial<Limit> = {}): Limit {
  names += 1;
  return { name: 'burst', key: `test-${process.pid}-${Date.now().toString(36)}-${names}`, limit: 3, windowSeconds: MINUTE, ...given };
}

export function limiterConformance(create: (nowMs: () => number) => Limiter): void {
  let now: number;
  let limiter: Limiter;
  beforeEach(() => {
    now = START_MS;
    limiter = create(() => now);
  });
  const consume = async (...request: LimitRequest) => limiter.consume(request);
  const verdicts = async (request: LimitRequest, count: number): Promise<boolean[]> =>
    (await Promise.all(Array.from({ length: count }, async () => limiter.consume(request)))).map(({ allowed }) => allowed);
  const allowedOf = async (request: LimitRequest, count: number): Promise<number> =>
    (await verdicts(request, count)).filter(Boolean).length;

  describe('a limit', () => {
    it('allows exactly as many requests as it says, one after the other and at once', async () => {
      const [inTurn, atOnce] = [newLimit(), newLimit({ limit: 100 })];
      const remaining: [boolean, number][] = [];
      for (let i = 0; i < 5; i += 1) {
        const outcome = await consume(inTurn);
        remaining.push([outcome.allowed, outcome.remaining]);
      }
      expect(remaining).toEqual([
        [true, 2],
        [true, 1],
        [true, 0],
        [false, 0],
        [false, 0],
      ]);
      expect(await allowedOf([atOnce], 1_000)).toBe(100);
    });

    it('decides requests that come at once in their order', async () => {
      expect(await verdicts([newLimit()], 6)).toEqual([true, true, true, false, false, false]);
    });

    it('is another one for another key', async () => {
      const [mine, yours] = [newLimit(), newLimit()];
      expect(await allowedOf([mine], 5)).toBe(3);
      expect(await allowedOf([yours], 5)).toBe(3);
    });

    it('begins anew with every window of the clock, and not before', async () => {
      const limit = newLimit();
      now = START_MS + 20_500;
      expect(await allowedOf([limit], 5)).toBe(3);
      now = START_MS + 59_999;
      expect(await consume(limit)).toMatchObject({ allowed: false, resetAt: START_MS / 1_000 + 60, resetAfterSeconds: 1 });
      now = START_MS + 60_000;
      expect(await consume(limit)).toMatchObject({ allowed: true, remaining: 2, resetAt: START_MS / 1_000 + 120, resetAfterSeconds: 60 });
    });

    it('holds at once when it was made smaller', async () => {
      const limit = newLimit({ limit: 10 });
      expect(await allowedOf([limit], 5)).toBe(5);
      expect(await consume({ ...limit, limit: 4 })).toMatchObject({ allowed: false, remaining: 0 });
      expect(await allowedOf([limit], 9)).toBe(5);
    });
  });

  describe('several limits', () => {
    it('are consumed all or none: a refused request counts nowhere', async () => {
      const [quota, burst] = [newLimit({ name: 'quota', limit: 10, windowSeconds: HOUR }), newLimit()];
      expect(await allowedOf([quota, burst], 50)).toBe(3);
      now += MINUTE * 1_000;
      expect(await allowedOf([quota, burst], 50)).toBe(3);
      expect(await allowedOf([quota], 50)).toBe(4);
    });

    it('that share one counter are consumed in the order of the requests', async () => {
      const shared = newLimit({ limit: 4 });
      const [a, b] = [newLimit({ limit: 1 }), newLimit()];
      const outcomes = await Promise.all([
        consume(shared, a),
        consume(shared, a),
        consume(shared, b),
        consume(shared, b),
        consume(shared, b),
      ]);
      expect(outcomes.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
        [true, 0],
        [false, 0],
        [true, 2],
        [true, 1],
        [true, 0],
      ]);
    });

    it('show the one with the fewest requests left', async () => {
      const [quota, burst] = [newLimit({ name: 'quota', limit: 5, windowSeconds: HOUR }), newLimit()];
      expect(await consume(quota, burst)).toMatchObject({ tightest: burst, remaining: 2 });
      await consume(quota, burst);
      await consume(quota, burst);
      now += MINUTE * 1_000;
      expect(await consume(quota, burst)).toMatchObject({ tightest: quota, remaining: 1, resetAt: START_MS / 1_000 + HOUR });
    });

    it('show the exhausted one that ends last, so that waiting for it is enough', async () => {
      const [quota, burst] = [newLimit({ name: 'quota', windowSeconds: HOUR }), newLimit()];
      expect(await allowedOf([quota, burst], 3)).toBe(3);
      expect(await consume(quota, burst)).toMatchObject({ allowed: false, tightest: quota, remaining: 0, resetAfterSeconds: HOUR });
      now += HOUR * 1_000;
      expect(await consume(quota, burst)).toMatchObject({ allowed: true });
    });
  });
}
