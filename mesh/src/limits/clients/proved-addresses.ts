import type { RedisConnection } from '@portico/service-kit/redis/redis';
import { LRUCache } from 'lru-cache';

/** From where clients have proved themselves lately. Asked only while a client is under attack. */
export type ProvedAddresses = { add(pair: string): void; has(pair: string): Promise<boolean> };

const KEPT_SECONDS = 86_400;
/** How long this gateway relies on having told Redis. */
const TOLD_MS = 3_600_000;
const PAIRS_MAX = 50_000;
const PREFIX = 'portico:client:proved:';

/** Known to all gateways that share a Redis; while it is away, a gateway knows of those that proved themselves at it. */
export function createProvedAddresses(redis: Pick<RedisConnection, 'run'> | undefined): ProvedAddresses {
  const here = new LRUCache<string, true>({ max: PAIRS_MAX, ttl: KEPT_SECONDS * 1_000 });
  const told = new LRUCache<string, true>({ max: PAIRS_MAX, ttl: TOLD_MS });
  return {
    add(pair) {
      here.set(pair, true);
      if (redis === undefined || told.has(pair)) return;
      told.set(pair, true);
      redis
        .run((client) => client.set(PREFIX + pair, '1', 'EX', KEPT_SECONDS))
        .catch(() => {
          // It is told again by the next proof.
          told.delete(pair);
        });
    },
    async has(pair) {
      if (here.has(pair) || redis === undefined) return here.has(pair);
      return redis
        .run((client) => client.exists(PREFIX + pair))
        .then(
          (found) => found === 1,
          () => false,
        );
    },
  };
}
