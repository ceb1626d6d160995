// An operation with every default filled in: what a call runs by, and what the checks at start look at.
import type { Provider, ProviderSettings } from '../define-provider.ts';
import type { BreakerSettings } from '../policies/breaker/breaker.ts';
import type { LimitBounds } from '../policies/concurrency/adaptive-limit.ts';
import type { AnyDeclaration, IdempotencyPolicy, Method, Operation } from './operation.ts';

export const DEFAULTS = {
  deadlineMs: 5_000,
  attemptTimeoutMs: 5_000,
  maxRetries: 3,
  backoff: { baseMs: 100, capMs: 5_000 },
  breaker: { failureRatio: 0.5, minimumCalls: 10, openMs: 30_000 },
  perMinute: 100,
  concurrency: 50,
  adaptive: { min: 1, initial: 20, max: 200 },
  cache: { ttlMs: 300_000, staleMs: 3_600_000 },
} as const;

export type OperationPlan = {
  readonly provider: string;
  readonly name: string;
  readonly method: Method;
  readonly path: string;
  readonly declaration: AnyDeclaration;
  readonly deadlineMs: number;
  readonly attemptTimeoutMs: number;
  readonly maxRetries: number;
  readonly cache: { ttlMs: number; staleMs: number; softTimeoutMs?: number } | undefined;
  readonly hedgeAfterMs: number | undefined;
  readonly idempotency: IdempotencyPolicy | undefined;
  /** GET and HEAD: nothing is changed, so an answer that was lost is only lost. */
  readonly isRead: boolean;
  /** May be sent twice and have the effect of once: by its method, or by its key. */
  readonly isRepeatable: boolean;
};

const READS: ReadonlySet<Method> = new Set(['GET', 'HEAD']);
const REPEATABLE: ReadonlySet<Method> = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

export function planOperation(provider: Provider, name: string, { method, path, declaration }: Operation): OperationPlan {
  const deadlineMs = declaration.deadlineMs ?? provider.deadlineMs ?? DEFAULTS.deadlineMs;
  const idempotency = typeof declaration.idempotency === 'object' ? declaration.idempotency : undefined;
  return {
    provider: provider.name,
    name,
    method,
    path,
    declaration,
    deadlineMs,
    // A default gives way to a shorter deadline; what is declared is checked against it at start.
    attemptTimeoutMs: declaration.attemptTimeoutMs ?? provider.attemptTimeoutMs ?? Math.min(DEFAULTS.attemptTimeoutMs, deadlineMs),
    maxRetries: declaration.maxRetries ?? provider.retries?.max ?? DEFAULTS.maxRetries,
    cache: cacheOf(method, declaration),
    hedgeAfterMs: declaration.hedge?.afterMs,
    idempotency,
    isRead: READS.has(method),
    isRepeatable: REPEATABLE.has(method) || idempotency !== undefined,
  };
}

export function breakerSettings(provider: ProviderSettings): BreakerSettings {
  return { ...DEFAULTS.breaker, ...provider.breaker };
}

/** Places that are declared, or the bounds of an adaptive limit; a bound that is not given gives way to those that are. */
export function concurrencyOf({ limits }: ProviderSettings): number | LimitBounds {
  const concurrency = limits?.concurrency ?? DEFAULTS.concurrency;
  if (typeof concurrency === 'number') return concurrency;
  const given = concurrency === 'adaptive' ? {} : concurrency.adaptive;
  const min = given.min ?? DEFAULTS.adaptive.min;
  const max = given.max ?? Math.max(DEFAULTS.adaptive.max, min);
  return { min, initial: given.initial ?? Math.min(max, Math.max(min, DEFAULTS.adaptive.initial)), max };
}

function cacheOf(method: Method, { cache }: AnyDeclaration): OperationPlan['cache'] {
  if (cache === 'none') return undefined;
  if (cache !== undefined) return { ...cache, staleMs: cache.staleMs ?? DEFAULTS.cache.staleMs };
  return method === 'GET' ? DEFAULTS.cache : undefined;
}
