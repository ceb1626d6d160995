// So many attempts at a time and no more: a provider that hangs may hold its own callers, not the process. Who comes too late waits in turn,
// as long as its signal lets it; the queue is bounded as well.
import type { EndSignal } from '../ending.ts';

export type Bulkhead = {
  /** Undefined: a place is taken at once. Otherwise settles when there is one; rejects with the signal's reason. */
  enter(signal: EndSignal): Promise<void> | undefined;
  leave(): void;
  /** Whether one more could not even wait. */
  isFull(): boolean;
  /** From now on so many places. Who waits gets the new ones at once; of those that are taken none is taken away. */
  resize(places: number): void;
  /** Callers who would be before one that came now; undefined when that one would not have to wait. */
  ahead(): number | undefined;
};

/** Waiting callers per place. */
const QUEUE_PER_PLACE = 20;

export function createBulkhead(initialPlaces: number): Bulkhead {
  const waiting = new Set<() => void>();
  let places = initialPlaces;
  let taken = 0;
  /** To who waited longest. */
  const admitOne = (): void => {
    const [next] = waiting;
    if (next === undefined) return;
    waiting.delete(next);
    taken += 1;
    next();
  };
  return {
    enter(signal) {
      if (taken < places) {
        taken += 1;
        return undefined;
      }
      return new Promise((resolve, reject) => {
        const admit = (): void => {
          signal.removeEventListener('abort', giveUp);
          resolve();
        };
        const giveUp = (): void => {
          waiting.delete(admit);
          reject(signal.reason);
        };
        waiting.add(admit);
        signal.addEventListener('abort', giveUp, { once: true });
      });
    },
    leave() {
      taken -= 1;
      // Handed on at once, so that nobody who comes now can be before who waits.
      if (taken < places) admitOne();
    },
    isFull: () => taken >= places && waiting.size >= places * QUEUE_PER_PLACE,
    resize(wanted) {
      places = wanted;
      for (let free = places - taken; free > 0; free -= 1) admitOne();
    },
    ahead: () => (taken < places ? undefined : waiting.size),
  };
}
