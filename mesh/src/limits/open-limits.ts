import type { Logger } from '@portico/service-kit/logger';
import { openRedis, type RedisConnection } from '@portico/service-kit/redis/redis';
import { tellChanges } from '@portico/service-kit/redis/tell-changes';
import type { HealthChecks } from '../health.ts';
import { type AddressLimits, type AddressRules, createAddressLimits } from './address-limits.ts';
import { CLIENT_RULES, type ClientLimits, createClientLimits } from './clients/client-limits.ts';
import { createCounters } from './counters.ts';
import type { Limiter } from './limiter.ts';
import { createMemoryLimiter } from './memory-limiter.ts';
import { createFallbackLimiter } from './redis/fallback-limiter.ts';

const MINUTE = 60;
/** From one address: enough for whoever watches health every second, and for pages of the documentation. */
const PUBLIC_REQUESTS_PER_MINUTE = 600;

export type LimitMetrics = {
  /** Counts a request that a limit of this name refused. */
  countRefusal(limit: string): void;
  /** Shows whether Redis is used. */
  watchRedis(isUp: () => boolean): void;
};

export type Limits = AsyncDisposable & {
  readonly limiter: Limiter;
  readonly addresses: AddressLimits;
  readonly clients: ClientLimits;
  /** Redis, when there is one to check; without it the gateway works. */
  readonly checks: HealthChecks;
};

export type LimitsOptions = {
  /** Without it the gateway limits for itself. */
  redisUrl: string | undefined;
  redisTimeoutMs: number;
  /** From one address. */
  failuresPerMinute: number;
  metrics: LimitMetrics;
  logger: Logger;
  nowMs(): number;
};

export async function openLimits(options: LimitsOptions): Promise<Limits> {
  const { redisUrl, redisTimeoutMs, failuresPerMinute, metrics, logger, nowMs } = options;
  const counters = createCounters();
  const onChange = tellChanges(logger, {
    up: 'Redis answers; rate limits hold across gateways',
    down: 'Redis does not answer; rate limits are those of this gateway alone',
  });
  const redis = redisUrl === undefined ? undefined : await openRedis({ url: redisUrl, timeoutMs: redisTimeoutMs, onChange });
  if (redis !== undefined) metrics.watchRedis(redis.isUp);
  return {
    limiter: redis === undefined ? createMemoryLimiter({ counters, nowMs }) : createFallbackLimiter({ redis, counters, nowMs }),
    addresses: createAddressLimits({ rules: addressRules(failuresPerMinute), redis, nowMs, onRefused: metrics.countRefusal }),
    clients: createClientLimits({ rules: CLIENT_RULES, redis, nowMs, onRefused: metrics.countRefusal }),
    checks: redis === undefined ? {} : { redis: { required: false, check: () => statusOf(redis) } },
    [Symbol.asyncDispose]: async () => redis?.[Symbol.asyncDispose](),
  };
}

function addressRules(failuresPerMinute: number): AddressRules {
  return {
    failures: { limit: failuresPerMinute, windowSeconds: MINUTE },
    publicRequests: { limit: PUBLIC_REQUESTS_PER_MINUTE, windowSeconds: MINUTE },
  };
}

async function statusOf(redis: RedisConnection): Promise<{ status: 'up' | 'down' }> {
  return { status: (await redis.answers()) ? 'up' : 'down' };
}
