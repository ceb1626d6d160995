// What a call needs to know about authentication: what to send, and what to do after a 401. One shape for all kinds of it.
import type { Logger } from '@portico/service-kit/logger';
import type { RedisConnection } from '@portico/service-kit/redis/redis';
import type { EndSignal } from '../policies/ending.ts';
import type { SecretStore } from '../secrets.ts';
import type { AuthDeclaration } from './auth-declaration.ts';
import { openClientCredentialsAuth } from './oauth/client-credentials-auth.ts';
import type { RequestToken } from './oauth/request-token.ts';
import { openCertificateAuth } from './secret/certificate-auth.ts';
import { openHeaderAuth } from './secret/header-auth.ts';
import { openJwtAuth } from './secret/jwt-auth.ts';

/** What is added to a request. Passed back to `refused` when that request was answered 401. */
export type Authorization = {
  readonly headers: Readonly<Record<string, string>>;
  /** Query parameters, for the few providers that take their key there. Never logged. */
  readonly query?: Readonly<Record<string, string>>;
  /** An undici Dispatcher that presents the client certificate. */
  readonly dispatcher?: unknown;
};

export type Authorizer = AsyncDisposable & {
  /** Rejects with CredentialFailure, or with the signal's reason. */
  authorize(request: { method: string; url: string }, signal: EndSignal): Promise<Authorization>;
  /**
   * Told of a 401, or of a TLS handshake that refused the certificate. True: other credentials are there and one replay is worth it. `used`
   * is what the refused request was given; without it, the latest is meant, and of many calls that are refused at once some are not replayed.
   */
  refused(signal: EndSignal, used?: Authorization): Promise<boolean>;
  /** Differs for every two credentials. Part of the key of a cached answer: what one credential was told, another must not see. */
  fingerprint(): Promise<string>;
};

/** Where what happens to credentials is counted. */
export type AuthEvents = {
  tokenRefreshed(provider: string, outcome: 'ok' | 'shared' | 'refused' | 'unreachable'): void;
  /** `since`: ms of the epoch. */
  secretInUse(provider: string, secretName: string, since: number | undefined): void;
};

export type AuthorizerDependencies = {
  provider: string;
  secrets: SecretStore;
  redis: RedisConnection | undefined;
  now: () => number;
  logger: Logger;
  events?: AuthEvents;
  /** How a token is asked for. Default: over the network. */
  requestToken?: RequestToken;
};

export function openAuthorizer(auth: AuthDeclaration, deps: AuthorizerDependencies): Authorizer {
  switch (auth.kind) {
    case 'none':
      return openNoAuth();
    case 'apiKey':
    case 'bearer':
      return openHeaderAuth(auth, deps);
    case 'signedJwt':
      return openJwtAuth(auth, deps);
    case 'mtls':
      return openCertificateAuth(auth, deps);
    case 'oauth2':
      return openClientCredentialsAuth(auth, deps);
  }
}

function openNoAuth(): Authorizer {
  const nothing: Authorization = { headers: {} };
  return {
    authorize: async () => nothing,
    refused: async () => false,
    fingerprint: async () => 'none',
    async [Symbol.asyncDispose]() {},
  };
}
