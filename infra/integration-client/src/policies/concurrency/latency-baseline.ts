// How long the tries of each operation take while a provider is not pressed. Operations are kept apart: a report that takes two seconds beside
// a lookup that takes twenty milliseconds says nothing about load. Times are compared by their logarithms, so that one slow answer counts as
// one, however slow.

/** Tries that an average remembers. */
const MEMORY = 32;

type Average = { log: number; tries: number };

export class LatencyBaseline {
  readonly #averages = new Map<string, Average>();

  /** A try took so long, in milliseconds, with little beside it. */
  learn(operation: string, ms: number): void {
    const average = this.#averages.get(operation);
    if (average === undefined) {
      this.#averages.set(operation, { log: logOf(ms), tries: 1 });
      return;
    }
    average.tries = Math.min(MEMORY, average.tries + 1);
    average.log += (logOf(ms) - average.log) / average.tries;
  }

  /** The logarithm of how many times as long as usual a try took; undefined when nothing is known of its operation. */
  slowness(operation: string, ms: number): number | undefined {
    const average = this.#averages.get(operation);
    return average === undefined ? undefined : logOf(ms) - average.log;
  }
}

/** Clocks count whole milliseconds: with one added, less than that makes no difference. */
function logOf(ms: number): number {
  return Math.log(Math.max(0, ms) + 1);
}
