// What an address may do that nobody vouches for: guess credentials, and ask the public routes.
import type { AppError } from '@portico/contracts/errors';
import type { RateLimit } from '@portico/contracts/tiers';
import type { RedisConnection } from '@portico/service-kit/redis/redis';
import { LRUCache } from 'lru-cache';
import { addressGroup } from './address-group.ts';
import { createPointCounter, tooMany } from './point-counter.ts';

export type AddressLimits = {
  /** RATE_LIMIT_EXCEEDED for an address with too many failures. Nothing is asked: a gateway knows of those that failed at itself. */
  refuseBlocked(address: string): void;
  /** Counts a failed authentication. RATE_LIMIT_EXCEEDED for one too many, by then the answer does not tell what was wrong. */
  countFailure(address: string): Promise<void>;
  /** Counts a request of a public route. RATE_LIMIT_EXCEEDED for one too many. */
  countPublic(address: string): Promise<void>;
  /** Counts a request that found no endpoint, so that nobody was asked who sent it. RATE_LIMIT_EXCEEDED for one too many. */
  countStray(address: string): Promise<void>;
};

export type AddressRules = {
  readonly failures: RateLimit;
  /** Of public routes, and as many that find no endpoint: the ones do not use up the others. */
  readonly publicRequests: RateLimit;
};

export type AddressLimitsOptions = {
  rules: AddressRules;
  redis: RedisConnection | undefined;
  nowMs(): number;
  onRefused(name: string): void;
};

const BLOCKED_MAX = 50_000;

export function createAddressLimits({ rules, redis, nowMs, onRefused }: AddressLimitsOptions): AddressLimits {
  const failures = createPointCounter('address:failures', rules.failures, redis);
  const publicRequests = createPointCounter('address:public', rules.publicRequests, redis);
  const strays = createPointCounter('address:strays', rules.publicRequests, redis);
  const blockedUntil = new LRUCache<string, number>({ max: BLOCKED_MAX });

  function refuse(name: keyof typeof MESSAGES, waitMs: number): AppError {
    onRefused(name);
    return tooMany(MESSAGES[name], waitMs);
  }

  return {
    refuseBlocked(address) {
      if (blockedUntil.size === 0) return;
      const group = addressGroup(address);
      const until = blockedUntil.get(group);
      if (until === undefined) return;
      const waitMs = until - nowMs();
      if (waitMs > 0) throw refuse('failures', waitMs);
      blockedUntil.delete(group);
    },
    async countFailure(address) {
      const group = addressGroup(address);
      const { allowed, used, waitMs } = await failures.consume(group);
      if (used >= rules.failures.limit) blockedUntil.set(group, nowMs() + waitMs);
      if (!allowed) throw refuse('failures', waitMs);
    },
    async countPublic(address) {
      const { allowed, waitMs } = await publicRequests.consume(addressGroup(address));
      if (!allowed) throw refuse('public', waitMs);
    },
    async countStray(address) {
      const { allowed, waitMs } = await strays.consume(addressGroup(address));
      if (!allowed) throw refuse('strays', waitMs);
    },
  };
}

const MESSAGES = {
  failures: 'Too many requests from this address failed to authenticate.',
  public: 'Too many requests from this address.',
  strays: 'Too many requests from this address for what is not there.',
};
