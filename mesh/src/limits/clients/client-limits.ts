// What may be tried at one OAuth client. Guesses from one place end soon. Guesses from everywhere end too, but only for those who have not
// proved the client before: whoever could spend the client's bound would otherwise lock its owner out.
import type { AppError } from '@portico/contracts/errors';
import { isId } from '@portico/contracts/ids';
import type { RateLimit } from '@portico/contracts/tiers';
import type { RedisConnection } from '@portico/service-kit/redis/redis';
import { LRUCache } from 'lru-cache';
import { addressGroup } from '../address-group.ts';
import { createPointCounter, tooMany } from '../point-counter.ts';
import { createProvedAddresses } from './proved-addresses.ts';

export type ClientLimits = {
  /** RATE_LIMIT_EXCEEDED, before the secret is looked at, for whom the client is closed. A gateway knows of what failed at itself. */
  refuseClosed(clientId: string, address: string): Promise<void>;
  /** Counts a failed authentication. RATE_LIMIT_EXCEEDED for one too many, by then the answer does not tell what was wrong. */
  countFailure(clientId: string, address: string): Promise<void>;
  /** The client has proved itself from there. */
  countProof(clientId: string, address: string): void;
  /** Takes one of the client's tokens of this minute. RATE_LIMIT_EXCEEDED when there is none left. */
  takeToken(clientId: string): Promise<TakenToken>;
};

export type TakenToken = {
  /** Whoever asked was not the client, or got nothing. */
  giveBack(): Promise<void>;
};

export type ClientRules = {
  /** Failures at one client from one address. */
  readonly failures: RateLimit;
  /** Failures at one client from anywhere. */
  readonly failuresAnywhere: RateLimit;
  /** Grants of one client. */
  readonly tokens: RateLimit;
};

const MINUTE = 60;
export const CLIENT_RULES: ClientRules = {
  failures: { limit: 10, windowSeconds: MINUTE },
  failuresAnywhere: { limit: 200, windowSeconds: MINUTE },
  tokens: { limit: 60, windowSeconds: MINUTE },
};

export type ClientLimitsOptions = {
  rules: ClientRules;
  redis: RedisConnection | undefined;
  nowMs(): number;
  onRefused(name: string): void;
};

const MESSAGES = {
  client_failures: 'Too many requests in the name of this client failed to authenticate.',
  client_tokens: 'Too many tokens were asked for in the name of this client.',
};
const CLOSED_MAX = 50_000;

export function createClientLimits({ rules, redis, nowMs, onRefused }: ClientLimitsOptions): ClientLimits {
  const failures = createPointCounter('client:failures', rules.failures, redis);
  const failuresAnywhere = createPointCounter('client:failures-anywhere', rules.failuresAnywhere, redis);
  const tokens = createPointCounter('client:tokens', rules.tokens, redis);
  const proved = createProvedAddresses(redis);
  /** Until when a client is closed: to one address, or, under its id alone, to all that never proved it. */
  const closedUntil = new LRUCache<string, number>({ max: CLOSED_MAX });

  function refuse(name: keyof typeof MESSAGES, waitMs: number): AppError {
    onRefused(name);
    return tooMany(MESSAGES[name], waitMs);
  }
  function closedFor(key: string): number {
    const waitMs = (closedUntil.get(key) ?? 0) - nowMs();
    if (waitMs <= 0) closedUntil.delete(key);
    return Math.max(0, waitMs);
  }
  async function fail(counter: typeof failures, { limit }: RateLimit, key: string): Promise<number> {
    const { allowed, used, waitMs } = await counter.consume(key);
    if (used >= limit) closedUntil.set(key, nowMs() + waitMs);
    return allowed ? 0 : waitMs;
  }

  return {
    async refuseClosed(clientId, address) {
      if (closedUntil.size === 0) return;
      const pair = pairOf(clientId, address);
      const pairMs = closedFor(pair);
      if (pairMs > 0) throw refuse('client_failures', pairMs);
      const anywhereMs = closedFor(clientId);
      if (anywhereMs > 0 && !(await proved.has(pair))) throw refuse('client_failures', anywhereMs);
    },
    async countFailure(clientId, address) {
      // What has not an id's form names no client: there is nothing to guess, and such texts must not fill the counters.
      if (!isId('client', clientId)) return;
      const waits = await Promise.all([
        fail(failures, rules.failures, pairOf(clientId, address)),
        fail(failuresAnywhere, rules.failuresAnywhere, clientId),
      ]);
      if (waits.some((waitMs) => waitMs > 0)) throw refuse('client_failures', Math.max(...waits));
    },
    countProof: (clientId, address) => proved.add(pairOf(clientId, address)),
    async takeToken(clientId) {
      if (!isId('client', clientId)) return { giveBack: async () => {} };
      const taken = await tokens.consume(clientId);
      if (taken.allowed) return taken;
      await taken.giveBack();
      throw refuse('client_tokens', taken.waitMs);
    },
  };
}

function pairOf(clientId: string, address: string): string {
  return `${clientId} ${addressGroup(address)}`;
}
