import type { AuthDeclaration } from './auth/auth-declaration.ts';
import type { Operation } from './declaration/operation.ts';
import type { LimitBounds } from './policies/concurrency/adaptive-limit.ts';

export { type CachePolicy, type IdempotencyPolicy, op } from './declaration/operation.ts';

/** Everything but the address and the operations has a default: DEFAULTS in declaration/plan-operation.ts. */
export type ProviderSettings = {
  /** `https://host/base/path`. */
  baseUrl: string;
  /** Plain HTTP to another machine: credentials and data can be read on the way. To this machine it needs no allowance. */
  plainHttp?: 'allowed';
  auth?: AuthDeclaration;
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>;
  limits?: {
    /** Attempts, over all processes that share a Redis. Default: 100. */
    perMinute?: number;
    /**
     * Attempts at a time, of one process. `adaptive`: from 1 to 200, as many as the provider answers without getting slower, beginning with 20;
     * or within other bounds. Default: 50.
     */
    concurrency?: number | 'adaptive' | { adaptive: Partial<LimitBounds> };
  };
  deadlineMs?: number;
  attemptTimeoutMs?: number;
  retries?: { max?: number; baseMs?: number; capMs?: number };
  breaker?: {
    /** Of the attempts in the last 60 s. It opens when MORE than this share fails. Default: 0.5. */
    failureRatio?: number;
    /** Attempts in 60 s, below which it stays closed. Default: 10. */
    minimumCalls?: number;
    /** Default: 30,000. */
    openMs?: number;
  };
  /** Headers besides `Retry-After` that tell when to come again, by the provider's names: seconds, dates and epochs are understood. */
  retryHints?: readonly string[];
};

export type Provider<Operations extends Readonly<Record<string, Operation>> = Readonly<Record<string, Operation>>> = ProviderSettings & {
  readonly name: string;
  readonly operations: Operations;
};

/** Declares a provider; nothing is opened or checked before `createClient`. `name`: in logs, metrics, Redis keys; `[a-z][a-z0-9-]*`. */
export function defineProvider<const Operations extends Readonly<Record<string, Operation>>>(
  name: string,
  declaration: ProviderSettings & { operations: Operations },
): Provider<Operations> {
  return { ...declaration, name };
}
