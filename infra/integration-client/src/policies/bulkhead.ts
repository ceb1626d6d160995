// So many attempts at a time and no more: a provider that hangs may hold its own callers, not the process. Who comes too late waits in turn,
// as long as its signal lets it; the queue is bounded as well.

export type Bulkhead = {
  /** Undefined: a place is taken at once. Otherwise settles when there is one; rejects with the signal's reason. */
  enter(signal: AbortSignal): Promise<void> | undefined;
  leave(): void;
  /** Whether one more could not even wait. */
  isFull(): boolean;
};

/** Waiting callers per place. */
const QUEUE_PER_PLACE = 20;

export function createBulkhead(places: number): Bulkhead {
  const waiting = new Set<() => void>();
  let taken = 0;
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
      const [next] = waiting;
      if (next === undefined) {
        taken -= 1;
        return;
      }
      // The place goes to who waited longest, and is never free in between.
      waiting.delete(next);
      next();
    },
    isFull: () => taken >= places && waiting.size >= places * QUEUE_PER_PLACE,
  };
}
