// Answers of providers, in memory and, where there is a Redis, for the whole fleet. An answer is fresh for `ttlMs`, then for `staleMs` good
// enough when nothing better can be had. What is kept is text: no caller can change what the next one gets, and its size is known.

import type { RedisConnection } from '@portico/service-kit/redis/redis';
import type { KeyRing } from '@portico/service-kit/sealing/key-ring';
import { startTimer as realTimer, type StartTimer } from '../policies/start-timer.ts';
import { createFleetCache, type FleetCache } from './fleet-cache.ts';
import { mayKeep } from './may-keep.ts';
import { mayServeStale } from './may-serve-stale.ts';
import { createMemoryCache, type KeptAnswer, type MemoryCache } from './memory-cache.ts';

/** What is declared of an operation's cache, with every default filled in. */
export type KeepingPolicy = {
  readonly ttlMs: number;
  /** After `ttlMs`. 0: never stale. */
  readonly staleMs: number;
  /** How long a caller who could have a stale answer waits for a live one. 0: not at all. Default 200 ms. */
  readonly softTimeoutMs?: number;
  /** The answer holds personal data: without a key ring it is not put into Redis. */
  readonly personal?: boolean;
};

export type ThroughOptions = {
  /** A stale answer may be over by no more than this, below the policy's `staleMs`. */
  readonly maxStaleMs?: number;
  /** Asked before a stale answer is replaced though nobody waits for the new one: that is load beyond what callers asked for. */
  readonly mayRefresh?: () => boolean;
};

export type CachedAnswer<T> = { value: T; cached: boolean; stale: boolean; ageMs: number };

export type AnswerCache = AsyncDisposable & {
  /**
   * The kept answer, or what `load` gives. `load` runs at most once at a time per key over the fleet, for all who wait: it must not end with
   * one caller's signal. Its value is JSON. A value with a `status` and `headers` is kept when these allow it. Rejects as `load` does, unless
   * a stale answer may stand in. Costs no trip to Redis on a hit that was checked in the last 5 s.
   */
  through<T>(key: string, policy: KeepingPolicy, options: ThroughOptions, load: () => Promise<T>): Promise<CachedAnswer<T>>;
};

export type AnswerCacheOptions = {
  redis?: RedisConnection | undefined;
  keyRing?: KeyRing | undefined;
  now: () => number;
  entriesMax?: number;
  bytesMax?: number;
  startTimer?: StartTimer;
};

const SOFT_TIMEOUT_MS = 200;
/** What another process has kept is seen within this, though a kept answer here is still fresh. */
const RECHECK_MS = 5_000;
const ENTRIES_MAX = 10_000;
const BYTES_MAX = 64 * 1024 * 1024;

/** What a flight ended with: an answer for everybody who waits. */
type Landed = { answer: KeptAnswer; shared: boolean };

export function openAnswerCache(options: AnswerCacheOptions): AnswerCache {
  const { now, redis, keyRing, startTimer = realTimer } = options;
  const memory = createMemoryCache({ entriesMax: options.entriesMax ?? ENTRIES_MAX, bytesMax: options.bytesMax ?? BYTES_MAX });
  const closing = new AbortController();
  const fleet = redis === undefined ? undefined : createFleetCache({ redis, keyRing, now, closing: closing.signal });
  const flights = new Map<string, Promise<Landed>>();

  function fly(key: string, policy: KeepingPolicy, load: () => Promise<unknown>): Promise<Landed> {
    const flying = flights.get(key);
    if (flying !== undefined) return flying;
    const flight = land({ key, policy, load, memory, fleet, now }).finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  }
  return {
    async through<T>(
      key: string,
      policy: KeepingPolicy,
      { maxStaleMs = policy.staleMs, mayRefresh = () => true }: ThroughOptions,
      load: () => Promise<T>,
    ) {
      const kept = await find(key, policy, memory, fleet, now);
      const ageMs = kept === undefined ? Number.POSITIVE_INFINITY : now() - kept.storedAt;
      if (kept !== undefined && ageMs < policy.ttlMs) return read<T>(kept, { cached: true, stale: false, ageMs });
      const stale = kept !== undefined && ageMs < policy.ttlMs + Math.min(policy.staleMs, maxStaleMs) ? kept : undefined;
      const softTimeoutMs = policy.softTimeoutMs ?? SOFT_TIMEOUT_MS;
      if (stale !== undefined && softTimeoutMs === 0) {
        // Nobody waits for it: if it fails, the next caller has it tried again.
        if (flights.has(key) || mayRefresh()) fly(key, policy, load).catch(() => {});
        return read<T>(stale, { cached: true, stale: true, ageMs });
      }
      const flight = fly(key, policy, load);
      if (stale === undefined) return live<T>(await flight, now);
      const landed = await within(flight, softTimeoutMs, startTimer);
      return landed === undefined ? read<T>(stale, { cached: true, stale: true, ageMs: now() - stale.storedAt }) : live<T>(landed, now);
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await Promise.allSettled(flights.values());
    },
  };
}

/** What is kept here, or by the fleet. */
async function find(
  key: string,
  { ttlMs, staleMs }: KeepingPolicy,
  memory: MemoryCache,
  fleet: FleetCache | undefined,
  now: () => number,
): Promise<KeptAnswer | undefined> {
  const own = memory.get(key);
  const isFresh = own !== undefined && now() - own.storedAt < ttlMs;
  if (fleet === undefined || (isFresh && now() - own.checkedAt < RECHECK_MS)) return own;
  const found = await fleet.read(key);
  if (own !== undefined) own.checkedAt = now();
  if (found === undefined || (own !== undefined && found.storedAt <= own.storedAt)) return own;
  if (now() - found.storedAt >= ttlMs + staleMs) return own;
  memory.set(key, found);
  return found;
}

type Flight = {
  key: string;
  policy: KeepingPolicy;
  load: () => Promise<unknown>;
  memory: MemoryCache;
  fleet: FleetCache | undefined;
  now: () => number;
};

/** Loads, unless another process does: then what that one got is taken. */
async function land({ key, policy, load, memory, fleet, now }: Flight): Promise<Landed> {
  // Another flight may have landed since this caller looked.
  const own = memory.get(key);
  if (own !== undefined && now() - own.storedAt < policy.ttlMs) return { answer: own, shared: true };
  const turn = await fleet?.takeTurn(key, { newerThan: now() - policy.ttlMs });
  if (turn?.state === 'answered') {
    memory.set(key, turn.answer);
    return { answer: turn.answer, shared: true };
  }
  let answer: KeptAnswer | undefined;
  try {
    const value = await load();
    const loaded: KeptAnswer = { text: JSON.stringify(value) ?? 'null', storedAt: now(), checkedAt: now() };
    if (mayKeep(value)) {
      answer = loaded;
      memory.set(key, answer);
    }
    return { answer: loaded, shared: false };
  } finally {
    if (turn?.state === 'ours') await turn.end(answer, { livesMs: policy.ttlMs + policy.staleMs, personal: policy.personal === true });
  }
}

function live<T>({ answer, shared }: Landed, now: () => number): CachedAnswer<T> {
  return read<T>(answer, { cached: shared, stale: false, ageMs: shared ? now() - answer.storedAt : 0 });
}

// The text was made from a T by this or another process under the same key, which names the operation.
function read<T>({ text }: KeptAnswer, state: Omit<CachedAnswer<T>, 'value'>): CachedAnswer<T> {
  return { value: JSON.parse(text) as T, ...state };
}

/** Undefined when the flight takes too long, or fails in a way that a stale answer may hide. */
function within(flight: Promise<Landed>, timeoutMs: number, startTimer: StartTimer): Promise<Landed | undefined> {
  return new Promise((resolve, reject) => {
    const stop = startTimer(() => resolve(undefined), timeoutMs);
    flight.then(resolve, (error: unknown) => (mayServeStale(error) ? resolve(undefined) : reject(error))).finally(stop);
  });
}
