import type { Logger } from '@portico/service-kit/logger';
import type { RedisConnection } from '@portico/service-kit/redis';
import type { SecretStore } from '../secrets.ts';
import type { AuthDeclaration } from './auth-declaration.ts';

export type Authorization = {
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly dispatcher?: unknown;
};

export type Authorizer = AsyncDisposable & {
  authorize(request: { method: string; url: string }, signal: AbortSignal): Promise<Authorization>;
  /** Told of a 401. True: fresh credentials are there and one replay is worth it. */
  refused(signal: AbortSignal, used?: Authorization): Promise<boolean>;
  fingerprint(): Promise<string>;
};

export type AuthorizerDependencies = {
  provider: string;
  secrets: SecretStore;
  redis: RedisConnection | undefined;
  now: () => number;
  logger: Logger;
};

export function openAuthorizer(_auth: AuthDeclaration, _deps: AuthorizerDependencies): Authorizer {
  return {
    authorize: async () => ({ headers: {} }),
    refused: async () => false,
    fingerprint: async () => 'none',
    async [Symbol.asyncDispose]() {},
  };
}
