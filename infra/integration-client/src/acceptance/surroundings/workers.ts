// What stands behind a provider: so many workers and one queue before them. As servers mostly do, they work for a caller who has left as for
// any other.
import type { StartTimer } from '../../policies/start-timer.ts';

export type Workers = {
  /** How many requests are worked on at a time, from now on. */
  count: number;
  /** Requests at work or waiting. */
  readonly load: number;
  /** Settles when the work for one more request is done. */
  serve(): Promise<void>;
};

const USUAL_MS = 100;
/** A request takes a fifth more or less than usual. */
const SPREAD = 0.2;

export function openWorkers(count: number, startTimer: StartTimer, random: () => number): Workers {
  const queue: (() => void)[] = [];
  let busy = 0;
  const work = (): void => {
    for (; busy < workers.count; busy += 1) {
      const begin = queue.shift();
      if (begin === undefined) return;
      begin();
    }
  };
  const workers: Workers = {
    count,
    get load() {
      return busy + queue.length;
    },
    serve: () =>
      new Promise((resolve) => {
        const done = (): void => {
          busy -= 1;
          resolve();
          work();
        };
        queue.push(() => void startTimer(done, USUAL_MS * (1 + SPREAD * (2 * random() - 1))));
        work();
      }),
  };
  return workers;
}
