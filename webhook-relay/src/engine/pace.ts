// The moments of a paced endpoint's attempts are planned when they are claimed. A process that was held up would make all that it missed at
// once; here it is held to the rate, in every window of a second. What it is late by it makes up for within the one that is more.
import { LRUCache } from 'lru-cache';

const WINDOW_MS = 1_000;
const ENDPOINTS_MAX = 1_000;

export type Pace = {
  /** Milliseconds until one more attempt may begin. 0: it begins now, and is counted; at most `perSecond` + 1 in any second do. */
  begin(endpointId: string, perSecond: number): number;
};

/** `now`: monotonic milliseconds. */
export function createPace({ now = () => performance.now() }: { now?: () => number } = {}): Pace {
  const begun = new LRUCache<string, readonly number[]>({ max: ENDPOINTS_MAX });
  return {
    begin(endpointId, perSecond) {
      const at = now();
      const recent = (begun.get(endpointId) ?? []).filter((moment) => moment > at - WINDOW_MS);
      const blocking = recent[recent.length - 1 - perSecond];
      if (blocking !== undefined) return blocking + WINDOW_MS - at;
      begun.set(endpointId, [...recent, at]);
      return 0;
    },
  };
}
