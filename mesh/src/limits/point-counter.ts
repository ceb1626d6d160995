import { AppError } from '@portico/contracts/errors';
import type { RateLimit } from '@portico/contracts/tiers';
import type { RedisConnection } from '@portico/service-kit/redis/redis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/** How often something happened, per key, in windows that begin with its first time. */
export type PointCounter = {
  /** Counts one more. */
  consume(key: string): Promise<Counted>;
};

export type Counted = {
  readonly allowed: boolean;
  /** With this one. */
  readonly used: number;
  /** Until the window ends. */
  readonly waitMs: number;
  /** Takes it back, as long as its window lasts: in the next one it would be one more than there are. */
  giveBack(): Promise<void>;
};

/** What is given back in the last moment of a window could come too late. */
const LAST_MOMENT_MS = 1_000;

/** Counts in Redis, and in memory while there is none. */
export function createPointCounter(
  name: string,
  { limit, windowSeconds }: RateLimit,
  redis: Pick<RedisConnection, 'client' | 'run' | 'isUp'> | undefined,
): PointCounter {
  const rule = { keyPrefix: `portico:${name}`, points: limit, duration: windowSeconds };
  const own = new RateLimiterMemory(rule);
  const shared = redis === undefined ? undefined : new RateLimiterRedis({ ...rule, storeClient: redis.client });

  function counted(result: RateLimiterRes, giveBack: () => Promise<unknown>): Counted {
    const { consumedPoints: used, msBeforeNext: waitMs } = result;
    const giveBackUntil = performance.now() + waitMs - LAST_MOMENT_MS;
    return {
      allowed: used <= limit,
      used,
      waitMs,
      async giveBack() {
        if (performance.now() < giveBackUntil) await giveBack();
      },
    };
  }
  async function countHere(key: string): Promise<Counted> {
    return counted(await own.consume(key).catch(refusedOrThrow), () => own.reward(key));
  }
  return {
    async consume(key) {
      // One that does not answer is asked by nobody: each question would wait for it, and stay in memory as long as it says nothing.
      if (redis === undefined || shared === undefined || !redis.isUp()) return countHere(key);
      try {
        const result = await redis.run(() => shared.consume(key).catch(refusedOrThrow));
        // Its clock was set back: nobody is shut out until it is right again.
        if (result.msBeforeNext > windowSeconds * 1_000) return countHere(key);
        // What Redis does not hear stays counted there.
        return counted(result, () => redis.run(() => shared.reward(key)).catch(() => {}));
      } catch {
        return countHere(key);
      }
    },
  };
}

/** The library rejects with its answer when the limit is reached. */
function refusedOrThrow(rejected: unknown): RateLimiterRes {
  if (rejected instanceof RateLimiterRes) return rejected;
  throw rejected;
}

/** RATE_LIMIT_EXCEEDED, to be tried again after the wait in whole seconds. */
export function tooMany(message: string, waitMs: number): AppError {
  return new AppError('RATE_LIMIT_EXCEEDED', message, { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) });
}
