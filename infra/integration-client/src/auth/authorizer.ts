import type { Logger } from '@portico/service-kit/logger';
import type { Redis } from 'ioredis';
import type { SecretStore } from '../secrets.ts';

export type AuthDeclaration = { readonly kind: 'none' };

export type Authorizer = AsyncDisposable & {
  authorize(
    request: { method: string; url: string },
    signal: AbortSignal,
  ): Promise<{ headers: Readonly<Record<string, string>>; dispatcher?: unknown }>;
  /** Told of a 401. True: fresh credentials are there and one replay is worth it. */
  refused(signal: AbortSignal): Promise<boolean>;
};

export type AuthorizerDeps = { provider: string; secrets: SecretStore; redis: Redis | undefined; now: () => number; logger: Logger };

export function openAuthorizer(_auth: AuthDeclaration, _deps: AuthorizerDeps): Authorizer {
  return { authorize: async () => ({ headers: {} }), refused: async () => false, async [Symbol.asyncDispose]() {} };
}
