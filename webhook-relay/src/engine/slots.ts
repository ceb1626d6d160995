// Which attempts are under way in this process, and how many more may be. An attempt that hangs leaves the workers' slots for a second set, so that
// receivers which stop answering cannot take what the others need; the endpoint of one counts as failing from then on, and has one slot. An attempt
// that has ended leaves the workers' slots too, while its result waits to be written.
import type { ClaimedDelivery } from '../claiming/claimed-delivery.ts';

/** An attempt that takes longer hangs. */
const SLOW_MS = 1_000;
/** Attempts that hang may be as many times the workers. */
const SLOW_SETS = 3;
/** Results that wait to be written may be as many times the workers. */
const ENDED_SETS = 1;
/** Of the workers at most this part goes to failing endpoints. */
const FAILING_PART = 0.25;

/**
 * While more attempts than this part of the workers have no answer, an endpoint that has not answered for so long gets no more: hundreds that begin to
 * hang at once would take every slot of both sets before the first of them counts as slow.
 */
const BUSY_PART = 0.75;
const QUIET_MS = 100;

/** Attempts that can be under way in a process. */
export function attemptsMax(workers: number): number {
  return workers * (1 + SLOW_SETS);
}

export type Room = {
  readonly full: readonly string[];
  readonly slow: readonly string[];
  readonly free: number;
  readonly freeForFailing: number;
};

export type Slots = {
  take(delivery: ClaimedDelivery): void;
  /** What was waiting for its pace begins now. */
  begin(delivery: ClaimedDelivery): void;
  /** `concurrency`: of its endpoint, which is full at that many. */
  sized(endpointId: string, concurrency: number): void;
  /** Its result waits to be written: its worker is free, its endpoint's slot is not. */
  end(delivery: ClaimedDelivery): void;
  give(delivery: ClaimedDelivery): void;
  room(): Room;
  /** Endpoints that have a slot. */
  endpoints(): ReadonlySet<string>;
  readonly taken: number;
};

type Taken = { readonly endpointId: string; readonly failing: boolean; begunAt: number | undefined; ended: boolean };

/** `now`: monotonic milliseconds. */
export function createSlots({ workers, now = () => performance.now() }: { workers: number; now?: () => number }): Slots {
  const taken = new Map<string, Taken>();
  const concurrency = new Map<string, number>();
  const keyOf = ({ id, lease }: ClaimedDelivery): string => `${id} ${lease}`;
  return {
    take: (delivery) =>
      void taken.set(keyOf(delivery), {
        endpointId: delivery.endpointId,
        failing: delivery.endpointFailing,
        begunAt: undefined,
        ended: false,
      }),
    begin(delivery) {
      const one = taken.get(keyOf(delivery));
      if (one !== undefined) one.begunAt = now();
    },
    end(delivery) {
      const one = taken.get(keyOf(delivery));
      if (one !== undefined) one.ended = true;
    },
    sized: (endpointId, size) => void concurrency.set(endpointId, size),
    give: (delivery) => void taken.delete(keyOf(delivery)),
    room() {
      const slowBefore = now() - SLOW_MS;
      const all = [...taken.values()];
      const slowOnes = all.filter(({ begunAt }) => begunAt !== undefined && begunAt < slowBefore);
      const hanging = slowOnes.filter((one) => !one.ended).length;
      const ended = all.filter((one) => one.ended).length;
      const failing = all.filter((one) => one.failing);
      const slow = new Set(slowOnes.map(({ endpointId }) => endpointId));
      const working = taken.size - Math.min(hanging, SLOW_SETS * workers) - Math.min(ended, ENDED_SETS * workers);
      const free = Math.max(0, workers - working);
      const quietBefore = taken.size - ended > workers * BUSY_PART ? now() - QUIET_MS : Number.NEGATIVE_INFINITY;
      const isQuiet = (one: Taken): boolean => !one.ended && one.begunAt !== undefined && one.begunAt < quietBefore;
      const perEndpoint = Map.groupBy(all, ({ endpointId }) => endpointId);
      for (const endpointId of concurrency.keys()) if (!perEndpoint.has(endpointId)) concurrency.delete(endpointId);
      const full = [...perEndpoint].filter(
        ([id, ones]) =>
          slow.has(id) ||
          ones.some((one) => one.failing || isQuiet(one)) ||
          ones.length >= (concurrency.get(id) ?? Number.POSITIVE_INFINITY),
      );
      const freeForFailing = Math.max(0, Math.min(free, Math.ceil(workers * FAILING_PART) - failing.length));
      return { full: full.map(([id]) => id), slow: [...slow], free, freeForFailing };
    },
    endpoints: () => new Set([...taken.values()].map(({ endpointId }) => endpointId)),
    get taken() {
      return taken.size;
    },
  };
}
