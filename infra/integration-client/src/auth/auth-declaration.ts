// How a provider wants to be authenticated to, as data. Secrets stand in it by name.
import type { SecretReference } from '../secrets.ts';

export type ApiKeyAuth = { readonly kind: 'apiKey'; readonly secret: SecretReference } & (
  | { readonly header: string; readonly query?: undefined }
  | { readonly query: string; readonly header?: undefined }
);
export type BearerAuth = { readonly kind: 'bearer'; readonly secret: SecretReference };
export type SignedJwtAuth = { readonly kind: 'signedJwt' } & SignedJwtOptions;
export type MtlsAuth = { readonly kind: 'mtls'; readonly certificate: SecretReference };
export type ClientCredentialsAuth = { readonly kind: 'oauth2' } & ClientCredentialsOptions;
export type NoAuth = { readonly kind: 'none' };
export type AuthDeclaration = ApiKeyAuth | BearerAuth | SignedJwtAuth | MtlsAuth | ClientCredentialsAuth | NoAuth;

export type SignedJwtOptions = {
  readonly algorithm: 'RS256' | 'ES256';
  /** `value` or `privateKey` in PEM; `keyId` becomes the `kid`. */
  readonly key: SecretReference;
  readonly issuer: string;
  readonly audience: string;
  /** At least 10 s. A token is sent until a quarter of its life is left. */
  readonly lifetimeMs: number;
  /** More claims, e.g. `sub`. They cannot replace `iss`, `aud`, `iat` and `exp`. */
  readonly claims?: Readonly<Record<string, unknown>>;
};

export type ClientCredentialsOptions = {
  /** HTTPS; plain HTTP to loopback only. */
  readonly tokenUrl: string;
  /** `clientId`, and `clientSecret` (basic, body), `privateKey` and `keyId` (private_key_jwt), or `cert`, `key` and `ca` (tls). */
  readonly client: SecretReference;
  readonly scope?: string;
  readonly audience?: string;
  /** RFC 6749 §2.3.1, RFC 7523, RFC 8705. With `tls` the calls present the certificate too. Default `basic`. */
  readonly authMethod?: 'basic' | 'body' | 'private_key_jwt' | 'tls';
};

const LIFETIME_MIN_MS = 10_000;
/** To these plain HTTP may go: nobody is on the way. */
export const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The key as it is, in a header or a query parameter. The secret's `value`. */
export function apiKey(
  options: ({ header: string; query?: undefined } | { query: string; header?: undefined }) & { secret: SecretReference },
): ApiKeyAuth {
  return { kind: 'apiKey', ...options };
}

/** `Authorization: Bearer` with the secret's `value`. */
export function bearer(secret: SecretReference): BearerAuth {
  return { kind: 'bearer', secret };
}

/** `Authorization: Bearer` with a JWT that we sign. Throws TypeError on a lifetime under 10 s. */
export function signedJwt(options: SignedJwtOptions): SignedJwtAuth {
  if (!(options.lifetimeMs >= LIFETIME_MIN_MS)) throw new TypeError(`signedJwt: lifetimeMs must be at least ${LIFETIME_MIN_MS}.`);
  return { kind: 'signedJwt', ...options };
}

/** A client certificate: the secret's `cert` and `key` in PEM, and `ca` where the provider's own is not publicly trusted. */
export function mtls(certificate: SecretReference): MtlsAuth {
  return { kind: 'mtls', certificate };
}

/** Nothing is sent. */
export const noAuth: NoAuth = { kind: 'none' };

export const oauth2 = {
  /** OAuth 2.0 client credentials, RFC 6749 §4.4. Throws TypeError when the token URL would send the secret in the clear. */
  clientCredentials(options: ClientCredentialsOptions): ClientCredentialsAuth {
    const { protocol, hostname } = new URL(options.tokenUrl);
    if (protocol !== 'https:' && !(protocol === 'http:' && LOOPBACK.has(hostname))) {
      throw new TypeError('oauth2.clientCredentials: tokenUrl must be https; http is for loopback only.');
    }
    return { kind: 'oauth2', ...options };
  },
};
