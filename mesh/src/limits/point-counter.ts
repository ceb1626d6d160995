import { AppError } from '@portico/contracts/errors';
import type { RateLimit } from '@portico/contracts/tiers';
import type { RedisConnection } from '@portico/service-kit/redis/redis';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

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
  redis: Pick<RedisConnection, 'client'> | undefined,
): PointCounter {
  const rule = { keyPrefix: `portico:${name}`, points: limit, duration: windowSeconds };
  const memory = new RateLimiterMemory(rule);
  const limiter: RateLimiterAbstract =
    redis === undefined
      ? memory
      : new RateLimiterRedis({ ...rule, storeClient: redis.client, insuranceLimiter: memory, rejectIfRedisNotReady: true });
  return {
    async consume(key) {
      const [result, allowed] = await limiter.consume(key).then(
        (spent) => [spent, true] as const,
        (refused: unknown) => [refused, false] as const,
      );
      if (!(result instanceof RateLimiterRes)) throw result;
      const { consumedPoints: used, msBeforeNext: waitMs } = result;
      const giveBackUntil = performance.now() + waitMs - LAST_MOMENT_MS;
      return {
        allowed,
        used,
        waitMs,
        async giveBack() {
          if (performance.now() < giveBackUntil) await limiter.reward(key);
        },
      };
    },
  };
}

/** RATE_LIMIT_EXCEEDED, to be tried again after the wait in whole seconds. */
export function tooMany(message: string, waitMs: number): AppError {
  return new AppError('RATE_LIMIT_EXCEEDED', message, { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) });
}
