import type { RedisConnection } from '@portico/service-kit/redis/redis';
import { Redis } from 'ioredis';

/** A connection that was there a moment ago: it counts as up, and every command fails. Connects to nothing. */
export function lostRedis(): RedisConnection {
  const client = new Redis({ lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0, retryStrategy: () => null });
  return {
    client,
    isUp: () => true,
    run: () => Promise.reject(new Error('Redis is gone.')),
    answers: async () => false,
    async [Symbol.asyncDispose]() {
      client.disconnect();
    },
  };
}
