// Where a provider's tries get their places, in this process: a number that is declared, or one that follows the provider.

import type { EndSignal } from '../ending.ts';
import { AdaptiveLimit, type EndedTry, type LimitBounds } from './adaptive-limit.ts';
import { createBulkhead } from './bulkhead.ts';

export type Places = {
  /** Undefined: a place is taken at once. Otherwise settles when there is one; rejects with the signal's reason. */
  enter(signal: EndSignal): Promise<void> | undefined;
  leave(): void;
  /** Whether one more could not even wait, or would wait too long to be answered before its deadline. */
  isFull(deadlineAt: number): boolean;
  /** A try begins, in its place; what it answers goes to `ended`. */
  began(): number;
  ended(ended: EndedTry): void;
};

export type PlacesOptions = {
  concurrency: number | LimitBounds;
  now: () => number;
  /** Hears of the limit, and of every change. */
  told: (limit: number) => void;
};

/** The rest of a caller's time is the provider's, and for a wait that takes longer than it looked. */
const SHARE_FOR_WAITING = 0.5;

export function createPlaces({ concurrency, now, told }: PlacesOptions): Places {
  return typeof concurrency === 'number' ? fixedPlaces(concurrency, told) : adaptivePlaces(concurrency, now, told);
}

function fixedPlaces(places: number, told: (limit: number) => void): Places {
  told(places);
  return { ...createBulkhead(places), began: () => 0, ended: () => {} };
}

/**
 * A queue as long as callers bear would be fatal: each would get his place when hardly any time is left, and the provider would work for nobody.
 * So one waits only if those ahead, at the present pace, leave him half of his time.
 */
function adaptivePlaces(bounds: LimitBounds, now: () => number, told: (limit: number) => void): Places {
  const adaptive = new AdaptiveLimit(bounds, now);
  const bulkhead = createBulkhead(adaptive.places);
  let places = adaptive.places;
  let limit = adaptive.limit;
  told(limit);
  return {
    enter: bulkhead.enter,
    leave: bulkhead.leave,
    isFull(deadlineAt) {
      const ahead = bulkhead.ahead();
      if (ahead === undefined) return false;
      return bulkhead.isFull() || ((ahead + 1) * adaptive.averageMs) / places > (deadlineAt - now()) * SHARE_FOR_WAITING;
    },
    began: () => adaptive.began(),
    ended(ended) {
      adaptive.ended(ended);
      if (adaptive.places !== places) {
        places = adaptive.places;
        bulkhead.resize(places);
      }
      if (adaptive.limit !== limit) {
        limit = adaptive.limit;
        told(limit);
      }
    },
  };
}
