import type { RedisConnection } from '@portico/service-kit/redis/redis';
import type { Limiter } from '../limiter.ts';
import { createMemoryLimiter } from '../memory-limiter.ts';
import { createRedisLimiter, type RedisLimiterDependencies } from './redis-limiter.ts';

/**
 * Limits by Redis while it is up, else in memory. Both count in the same counters: memory goes on from what Redis said last, and a Redis
 * that comes back empty goes on from what the gateways counted without it. Never rejects.
 */
export function createFallbackLimiter(dependencies: RedisLimiterDependencies & { redis: Pick<RedisConnection, 'run' | 'isUp'> }): Limiter {
  const shared = createRedisLimiter(dependencies);
  const own = createMemoryLimiter(dependencies);
  return {
    consume(request) {
      const granted = shared.take(request);
      if (granted !== undefined) return granted;
      if (!dependencies.redis.isUp()) return own.consume(request);
      // Whoever goes on after a refusal costs Redis nothing.
      return own.refusalOf(request) ?? shared.consume(request).catch(() => own.consume(request));
    },
  };
}
