import { describe, expect, it } from 'vitest';
import { seeded } from '../../testing/seeded.ts';
import { BreakerWindow, WINDOW_SECONDS } from './breaker-window.ts';

/** The definition itself: every event of this second and the 59 before it. */
class Oracle {
  #events: { second: number; failed: boolean }[] = [];
  record(now: number, failed: boolean): void {
    this.#events.push({ second: Math.floor(now / 1_000), failed });
  }
  read(now: number): { total: number; failed: number } {
    const oldest = Math.floor(now / 1_000) - WINDOW_SECONDS + 1;
    this.#events = this.#events.filter(({ second }) => second >= oldest);
    return { total: this.#events.length, failed: this.#events.filter(({ failed }) => failed).length };
  }
}

describe("the breaker's window", () => {
  it('is the same as its definition over 100,000 random traces', () => {
    const random = seeded(20_261_121);
    let differences = 0;
    for (let trace = 0; trace < 100_000; trace += 1) {
      const [window, oracle] = [new BreakerWindow(), new Oracle()];
      // From a burst in one second to silences longer than the window.
      const pace = 10 ** (random() * 5);
      let now = Math.floor(random() * 2e12);
      for (let event = 0; event < 12; event += 1) {
        now += Math.floor(random() * pace);
        const failed = random() < 0.5;
        window.record(now, failed);
        oracle.record(now, failed);
        if (random() < 0.3) now += Math.floor(random() * 1.5 * pace);
        const [seen, truth] = [window.read(now), oracle.read(now)];
        if (seen.total !== truth.total || seen.failed !== truth.failed) differences += 1;
      }
    }
    expect(differences).toBe(0);
  });

  it('forgets failures by their age and not by the traffic after them', () => {
    const window = new BreakerWindow();
    for (let failure = 0; failure < 20; failure += 1) window.record(failure * 10_000, true);
    for (let success = 0; success < 10; success += 1) window.record(200_000 + success * 10_000, false);
    expect(window.read(290_000)).toEqual({ total: 6, failed: 0 });
    expect(window.read(3_600_000)).toEqual({ total: 0, failed: 0 });
  });

  it('stands still while the clock goes back', () => {
    const window = new BreakerWindow();
    window.record(100_000, true);
    window.record(50_000, true);
    expect(window.read(40_000)).toEqual({ total: 2, failed: 2 });
    expect(window.read(160_000)).toEqual({ total: 0, failed: 0 });
  });
});
