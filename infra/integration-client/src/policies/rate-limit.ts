// So many attempts a minute, over all processes that share a Redis. Tokens are fetched in parcels of a tenth of a second's worth (one, at 100 a
// minute), so a busy client asks Redis ten times a second and not for every attempt; what a parcel has left at its window's end is lost.
// Without Redis each process counts for itself. A token is waited for only when it comes before the deadline.
import type { RedisConnection } from '@portico/service-kit/redis/redis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { EndSignal } from './ending.ts';
import { pause } from './pause.ts';
import type { StartTimer } from './start-timer.ts';

export type RateLimit = {
  /** Undefined: a token was at hand. Otherwise: undefined when there is one, or the instant of the next when it is past the deadline. */
  take(deadlineAt: number, signal: EndSignal): undefined | Promise<number | undefined>;
  /** The provider itself said when to come again: no token before, or for a minute. */
  pauseUntil(instant: number): void;
};

export type RateLimitOptions = {
  provider: string;
  perMinute: number;
  redis: RedisConnection | undefined;
  now: () => number;
  startTimer?: StartTimer;
};

const WINDOW_MS = 60_000;
const PARCELS_PER_WINDOW = 600;
/** A provider that says "in a day" to one request does not stop all others for a day. */
const LONGEST_PAUSE_MS = 60_000;
/** A refusal without a time, or with none left. */
const SHORTEST_WAIT_MS = 10;

type Parcel = { tokens: number; until: number };

export function createRateLimit({ provider, perMinute, redis, now, startTimer }: RateLimitOptions): RateLimit {
  const size = Math.max(1, Math.floor(perMinute / PARCELS_PER_WINDOW));
  const fetchParcel = parcels({ provider, perMinute, redis, now }, size);
  let parcel: Parcel = { tokens: 0, until: 0 };
  let pausedUntil = 0;
  /** One trip for all who wait, one after another. */
  let fetching: Promise<number | undefined> | undefined;

  const takeAtHand = (): boolean => {
    const present = now();
    // A pause that seems longer than any was before the clock was set back.
    if (pausedUntil - present > LONGEST_PAUSE_MS) pausedUntil = 0;
    if (pausedUntil > present || parcel.tokens < 1 || parcel.until <= present) return false;
    parcel.tokens -= 1;
    return true;
  };
  /** When to try again, or undefined when a parcel has come. */
  const refill = (): Promise<number | undefined> => {
    fetching ??= fetchParcel()
      .then((fetched) => {
        if (typeof fetched === 'number') return fetched;
        parcel = fetched;
        return undefined;
      })
      .finally(() => {
        fetching = undefined;
      });
    return fetching;
  };
  const wait = async (deadlineAt: number, signal: EndSignal): Promise<number | undefined> => {
    while (!takeAtHand()) {
      const nextAt = pausedUntil > now() ? pausedUntil : await refill();
      if (nextAt === undefined) continue;
      if (nextAt >= deadlineAt) return nextAt;
      await pause(Math.max(SHORTEST_WAIT_MS, nextAt - now()), signal, startTimer);
    }
    return undefined;
  };
  return {
    take: (deadlineAt, signal) => (takeAtHand() ? undefined : wait(deadlineAt, signal)),
    pauseUntil(instant) {
      pausedUntil = Math.max(pausedUntil, Math.min(instant, now() + LONGEST_PAUSE_MS));
    },
  };
}

function parcels({ provider, perMinute, redis, now }: RateLimitOptions, size: number): () => Promise<Parcel | number> {
  const alone = ownWindow(perMinute, size, now);
  if (redis === undefined) return async () => alone();
  const limits = { points: perMinute, duration: WINDOW_MS / 1_000, keyPrefix: 'portico:integration:limit' };
  const limiter = new RateLimiterRedis({ ...limits, storeClient: redis.client });
  const shared = async (): Promise<Parcel | number> => {
    const answer = await redis.run(() => limiter.consume(provider, size).catch(refusedOrThrow));
    // Its clock was set back: what it says now is no minute of anybody's.
    if (answer.msBeforeNext > WINDOW_MS) return alone();
    const until = now() + Math.max(0, answer.msBeforeNext);
    return answer.consumedPoints <= perMinute ? { tokens: size, until } : until;
  };
  return async () => (redis.isUp() ? shared().catch(alone) : alone());
}

/** A window that begins with its first parcel, as those in Redis do. */
function ownWindow(perMinute: number, size: number, now: () => number): () => Parcel | number {
  let given = 0;
  let until = 0;
  return () => {
    const present = now();
    // Or the clock was set back.
    if (present >= until || until - present > WINDOW_MS) {
      given = 0;
      until = present + WINDOW_MS;
    }
    given += size;
    return given <= perMinute ? { tokens: size, until } : until;
  };
}

/** The library rejects with its answer when the limit is reached. */
function refusedOrThrow(rejected: unknown): RateLimiterRes {
  if (rejected instanceof RateLimiterRes) return rejected;
  throw rejected;
}
