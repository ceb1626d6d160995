/** What is used of a limit in one window. */
export type Counter = { endsMs: number; used: number };

export type Counters = {
  /** The counter of this key in the window that ends then; a new window begins at nought. */
  open(key: string, endsMs: number, nowMs: number): Counter;
  /** At least this much is used, as somebody else says. Of a window that is not open any more nothing is learned. */
  learn(key: string, endsMs: number, used: number): void;
  readonly size: number;
};

const SWEEP_FROM = 1_024;

/** Counters in this process. Those of past windows are swept whenever their number has doubled, which costs each of them a constant. */
export function createCounters(): Counters {
  const counters = new Map<string, Counter>();
  let sweepAt = SWEEP_FROM;

  function sweep(nowMs: number): void {
    for (const [key, { endsMs }] of counters) if (endsMs <= nowMs) counters.delete(key);
    sweepAt = Math.max(SWEEP_FROM, counters.size * 2);
  }

  return {
    open(key, endsMs, nowMs) {
      let counter = counters.get(key);
      if (counter === undefined) {
        if (counters.size >= sweepAt) sweep(nowMs);
        counter = { endsMs, used: 0 };
        counters.set(key, counter);
      } else if (counter.endsMs !== endsMs) {
        counter.endsMs = endsMs;
        counter.used = 0;
      }
      return counter;
    },
    learn(key, endsMs, used) {
      const counter = counters.get(key);
      if (counter?.endsMs === endsMs && used > counter.used) counter.used = used;
    },
    get size() {
      return counters.size;
    },
  };
}
