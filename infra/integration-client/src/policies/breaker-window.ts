// Outcomes of the last 60 seconds, exactly: one slot for each second, and a slot is known by its second, not by when it was last used, so
// quiet time passes too. The current second is one of the 60. Sums are kept, so a reading costs nothing and a recording some nanoseconds.

export const WINDOW_SECONDS = 60;

export type Outcomes = { readonly total: number; readonly failed: number };

export class BreakerWindow {
  readonly #totals = new Int32Array(WINDOW_SECONDS);
  readonly #failures = new Int32Array(WINDOW_SECONDS);
  #second = 0;
  #total = 0;
  #failed = 0;

  /** `now`: milliseconds of the epoch. A clock that goes back counts as standing still. */
  record(now: number, failed: boolean): void {
    this.#advance(now);
    const slot = this.#second % WINDOW_SECONDS;
    this.#totals[slot] = (this.#totals[slot] ?? 0) + 1;
    this.#total += 1;
    if (!failed) return;
    this.#failures[slot] = (this.#failures[slot] ?? 0) + 1;
    this.#failed += 1;
  }

  read(now: number): Outcomes {
    this.#advance(now);
    return { total: this.#total, failed: this.#failed };
  }

  clear(): void {
    this.#totals.fill(0);
    this.#failures.fill(0);
    this.#total = 0;
    this.#failed = 0;
  }

  #advance(now: number): void {
    const second = Math.floor(now / 1_000);
    if (second - this.#second >= WINDOW_SECONDS) {
      this.clear();
      this.#second = second;
    }
    while (this.#second < second) {
      this.#second += 1;
      const slot = this.#second % WINDOW_SECONDS;
      this.#total -= this.#totals[slot] ?? 0;
      this.#failed -= this.#failures[slot] ?? 0;
      this.#totals[slot] = 0;
      this.#failures[slot] = 0;
    }
  }
}
