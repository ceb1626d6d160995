// Time that passes when there is nothing else to do: what waits for a timer gets it at once, in order, and the clock says that it was waited
// for. A turn of the event loop in which nothing but timers is left counts as nothing to do, so what a test awaits from a disk or a socket while
// a call waits does not hold time up.
import { setImmediate as turn } from 'node:timers/promises';
import type { StartTimer } from '../../policies/start-timer.ts';

type Waiting = { readonly at: number; readonly run: () => void };

/** Thursday, 1 January 2026, noon UTC. */
const BEGINNING = Date.UTC(2026, 0, 1, 12);

export class VirtualClock {
  readonly #waiting = new Set<Waiting>();
  #now = BEGINNING;
  #isRunning = false;

  /** Milliseconds of the epoch. */
  readonly now = (): number => this.#now;

  readonly startTimer: StartTimer = (run, ms) => {
    const waiting = { at: this.#now + Math.max(0, ms), run };
    this.#waiting.add(waiting);
    if (!this.#isRunning) void this.#run();
    return () => void this.#waiting.delete(waiting);
  };

  /** Milliseconds since the clock was made. */
  get elapsed(): number {
    return this.#now - BEGINNING;
  }

  /** Lets so much time pass, and everything happen that is due in it. */
  advance(ms: number): Promise<void> {
    return new Promise((resolve) => this.startTimer(resolve, ms));
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let next = await this.#next(); next !== undefined; next = await this.#next()) {
      this.#waiting.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#isRunning = false;
  }

  /** What is due first, when all else has been done; of several the one that came first. */
  async #next(): Promise<Waiting | undefined> {
    await turn();
    let next: Waiting | undefined;
    for (const waiting of this.#waiting) if (next === undefined || waiting.at < next.at) next = waiting;
    return next;
  }
}
