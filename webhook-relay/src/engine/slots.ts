// Which attempts are under way in this process, and how many more may be. An attempt that hangs leaves the workers' slots for a second set, so that
// receivers which stop answering cannot take what the others need; the endpoint of one counts as failing from then on, and has one slot. An attempt
// that has ended leaves the workers' slots too, while its result waits to be written.
import { LRUCache } from 'lru-cache';
import type { ClaimedDelivery } from '../claiming/claimed-delivery.ts';
import type { Workers } from './wait-for-room.ts';

/** An attempt that takes longer hangs. */
const SLOW_MS = 1_000;
/** Attempts that hang may be as many times the workers. */
const SLOW_SETS = 3;
/** Results that wait to be written may be as many times the workers. */
const ENDED_SETS = 1;
/** Of the workers at most this part goes to failing endpoints. */
const FAILING_PART = 0.25;
/**
 * Of the workers the first part is kept for endpoints whose last attempt did not hang, as soon as there are any: hundreds of new ones may begin to hang at
 * once. When the second set is full of attempts that hang, the second part of them is kept for endpoints that have answered since the first of the others
 * began: hundreds that answered until then may begin to hang as well.
 */
const KNOWN_PART = 0.5;
const LATELY_PART = 0.25;
/** Less than this part of the workers is not much room: a claim costs much the same for one delivery as for many. */
const ROOM_PART = 0.25;
const KNOWN_MAX = 10_000;

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
  /** Of what is free, for endpoints of which it is not known that they answer. */
  readonly freeForUnknown: number;
  /** What is free is for these: they answer while others hang. */
  readonly only: ReadonlySet<string> | undefined;
};

export type Slots = Workers & {
  /** `handed`: it comes from the bus and not from the table. */
  take(delivery: ClaimedDelivery, how?: 'claimed' | 'handed'): void;
  /** What was waiting for its pace begins now. */
  begin(delivery: ClaimedDelivery): void;
  /** `concurrency`: of its endpoint, which is full at that many. */
  sized(endpointId: string, concurrency: number): void;
  /** Its result waits to be written: its worker is free, its endpoint's slot is not. */
  end(delivery: ClaimedDelivery): void;
  give(delivery: ClaimedDelivery): void;
  room(): Room;
  /** As in the room. */
  readonly free: number;
  /** Its last attempt did not hang. */
  knows(endpointId: string): boolean;
  /** Endpoints that have a slot. */
  endpoints(): ReadonlySet<string>;
};

type Taken = {
  readonly endpointId: string;
  readonly failing: boolean;
  readonly handed: boolean;
  begunAt: number | undefined;
  ended: boolean;
};
type Counted = { hanging: number; firstBegunAt: number; ended: number; failing: number };
type Unknown = {
  /** Attempts without an answer, at endpoints of which it is not known that they answer. */
  unknown: number;
  /** Of these, attempts that do not hang yet. */
  unknownWorking: number;
  /** Attempts without an answer, at endpoints that have not answered since the first that hangs began. */
  notLately: number;
};

/** `now`: monotonic milliseconds. */
export function createSlots({ workers, now = () => performance.now() }: { workers: number; now?: () => number }): Slots {
  const taken = new Map<ClaimedDelivery, Taken>();
  const concurrency = new Map<string, number>();
  const answeredAt = new LRUCache<string, number>({ max: KNOWN_MAX });
  let [handed, ended] = [0, 0];
  const unknownMax = Math.ceil(workers * (SLOW_SETS + 1 - KNOWN_PART));
  const workersForUnknown = Math.ceil(workers * (1 - KNOWN_PART));
  const notLatelyMax = Math.ceil(workers * (SLOW_SETS + 1 - LATELY_PART));

  function count(slowBefore: number): Counted {
    const counted = { hanging: 0, firstBegunAt: Number.POSITIVE_INFINITY, ended: 0, failing: 0 };
    for (const one of taken.values()) {
      if (one.failing) counted.failing += 1;
      if (one.ended) counted.ended += 1;
      else if (one.begunAt !== undefined && one.begunAt < slowBefore) {
        counted.hanging += 1;
        counted.firstBegunAt = Math.min(counted.firstBegunAt, one.begunAt);
      }
    }
    return counted;
  }

  function countUnknown(slowBefore: number, firstBegunAt: number): Unknown {
    const counted = { unknown: 0, unknownWorking: 0, notLately: 0 };
    for (const one of taken.values()) {
      if (one.ended) continue;
      const { endpointId, begunAt } = one;
      const at = answeredAt.peek(endpointId);
      if (at === undefined) counted.unknown += 1;
      if (at === undefined && !(begunAt !== undefined && begunAt < slowBefore)) counted.unknownWorking += 1;
      if (at === undefined || at < firstBegunAt) counted.notLately += 1;
    }
    return counted;
  }

  function workingOf({ hanging, ended }: Counted): number {
    return taken.size - Math.min(hanging, SLOW_SETS * workers) - Math.min(ended, ENDED_SETS * workers);
  }

  const freeOf = (counted: Counted): number => Math.max(0, workers - workingOf(counted));

  /** Whom what is free is for, and how much of it there is. */
  function share(counted: Counted, slowBefore: number): Pick<Room, 'free' | 'freeForUnknown' | 'only'> {
    const free = freeOf(counted);
    const { hanging, firstBegunAt } = counted;
    if (answeredAt.size === 0) return { free, freeForUnknown: free, only: undefined };
    const { unknown, unknownWorking, notLately } = countUnknown(slowBefore, firstBegunAt);
    if (hanging >= workers && notLately >= notLatelyMax) return { free, freeForUnknown: 0, only: answeredSince(firstBegunAt) };
    const freeForUnknown = Math.min(free, unknownMax - unknown, workersForUnknown - unknownWorking);
    if (freeForUnknown >= Math.min(free, workers * ROOM_PART)) return { free, freeForUnknown, only: undefined };
    const freeForKnown = hanging >= workers ? Math.min(free, notLatelyMax - notLately) : free;
    return { free: freeForKnown, freeForUnknown: 0, only: answeredSince(Number.NEGATIVE_INFINITY) };
  }

  function answeredSince(since: number): ReadonlySet<string> {
    const only = new Set<string>();
    // Those that answered last come first.
    for (const id of answeredAt.keys()) {
      if ((answeredAt.peek(id) ?? since) <= since) break;
      only.add(id);
    }
    return only;
  }

  return {
    take(delivery, how = 'claimed') {
      const { endpointId, endpointFailing: failing } = delivery;
      if (how === 'handed') handed += 1;
      taken.set(delivery, { endpointId, failing, handed: how === 'handed', begunAt: undefined, ended: false });
    },
    begin(delivery) {
      const one = taken.get(delivery);
      if (one !== undefined) one.begunAt = now();
    },
    end(delivery) {
      const one = taken.get(delivery);
      if (one === undefined) return;
      one.ended = true;
      ended += 1;
      if (one.begunAt === undefined) return;
      if (now() - one.begunAt < SLOW_MS) answeredAt.set(one.endpointId, now());
      else answeredAt.delete(one.endpointId);
    },
    sized: (endpointId, size) => void concurrency.set(endpointId, size),
    give(delivery) {
      if (taken.get(delivery)?.handed) handed -= 1;
      taken.delete(delivery);
    },
    room() {
      const slowBefore = now() - SLOW_MS;
      const counted = count(slowBefore);
      const quietBefore = workingOf(counted) > workers * BUSY_PART ? now() - QUIET_MS : Number.NEGATIVE_INFINITY;
      const slow = new Set<string>();
      const full = new Set<string>();
      const sizes = new Map<string, number>();
      for (const { endpointId, begunAt = Number.POSITIVE_INFINITY, ended: isOver, failing } of taken.values()) {
        const size = (sizes.get(endpointId) ?? 0) + 1;
        sizes.set(endpointId, size);
        if (begunAt < slowBefore) slow.add(endpointId);
        const isQuiet = !isOver && begunAt < quietBefore;
        const hasAll = size >= (concurrency.get(endpointId) ?? Number.POSITIVE_INFINITY);
        if (begunAt < slowBefore || failing || isQuiet || hasAll) full.add(endpointId);
      }
      for (const endpointId of concurrency.keys()) if (!sizes.has(endpointId)) concurrency.delete(endpointId);
      const { free, freeForUnknown, only } = share(counted, slowBefore);
      const freeForFailing = Math.max(0, Math.min(free, Math.ceil(workers * FAILING_PART) - counted.failing));
      return { full: [...full], slow: [...slow], free, freeForFailing, freeForUnknown, only };
    },
    get free() {
      return freeOf(count(now() - SLOW_MS));
    },
    knows: (endpointId) => answeredAt.has(endpointId),
    endpoints: () => new Set([...taken.values()].map(({ endpointId }) => endpointId)),
    get hasRoom() {
      return this.free >= workers * ROOM_PART;
    },
    get areAtTheBus() {
      return 2 * handed >= taken.size;
    },
    get ended() {
      return ended;
    },
  };
}

/** What the claim has to know of the endpoints that it looks at: hundreds of others may hang. */
export function roomAmong<Looked extends Pick<Room, 'full' | 'slow'>>(endpoints: readonly string[] | null, room: Looked): Looked {
  if (endpoints === null) return room;
  const looked = new Set(endpoints);
  return { ...room, full: room.full.filter((id) => looked.has(id)), slow: room.slow.filter((id) => looked.has(id)) };
}
