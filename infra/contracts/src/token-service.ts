// OAuth 2.0 between the gateway, which speaks the protocol, and the admin service, which owns clients, tokens and signing keys.
import { z } from 'zod';
import { keyRecord } from './access-records.ts';
import { MODES } from './caller.ts';

/** What a gateway must know of any credential that was proved: an API key's record has it, and a client's. */
const accessRecord = keyRecord.pick({
  id: true,
  accountId: true,
  mode: true,
  name: true,
  scopes: true,
  tier: true,
  limits: true,
  allowedOrigins: true,
  status: true,
});
export type AccessRecord = z.infer<typeof accessRecord>;

/** An OAuth client, without its secret: nothing but the token endpoint needs that. */
export type ClientRecord = AccessRecord;

/** `aud` of access tokens: the public API. A service token is for another audience, and neither opens what the other does. */
export const ACCESS_TOKEN_AUDIENCE = 'portico-api';
/** Media type of access tokens (RFC 9068, 2.1). */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

/** What an access token says (RFC 9068, 2.2), with the claims that the platform adds. Times in unix seconds. */
export const accessTokenClaims = z.object({
  iss: z.string(),
  sub: z.string().min(1),
  client_id: z.string().min(1),
  user_id: z.string().min(1),
  account: z.string().min(1),
  mode: z.enum(MODES),
  permissions: z.array(z.string()),
  scope: z.string(),
  jti: z.string().min(1),
  /** The grant that the token came from: when a refresh token of it is stolen or revoked, its access tokens end too. */
  family: z.string().min(1),
  iat: z.int(),
  nbf: z.int(),
  exp: z.int(),
});
export type AccessTokenClaims = z.infer<typeof accessTokenClaims>;

/** Codes of RFC 6749, 5.2. */
export const OAUTH_ERROR_CODES = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'invalid_scope',
  'unauthorized_client',
  'unsupported_grant_type',
] as const;
export type OAuthErrorCode = (typeof OAUTH_ERROR_CODES)[number];

export type OAuthRefusal = { readonly kind: 'refused'; readonly error: OAuthErrorCode; readonly description: string };
export type OAuthOutcome<Value> = { readonly kind: 'granted'; readonly value: Value } | OAuthRefusal;

/** Who calls an endpoint of the authorization server, and what he proves it with. */
export type ClientProof = { readonly clientId: string; readonly clientSecret: string };

/** `scopes`: what is asked for; undefined for all that may be had. */
export type TokenGrant =
  | { readonly kind: 'client_credentials'; readonly scopes: readonly string[] | undefined }
  | { readonly kind: 'refresh_token'; readonly refreshToken: string; readonly scopes: readonly string[] | undefined };

export type IssuedTokens = {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
  readonly scopes: readonly string[];
};

/** The members of an introspection answer (RFC 7662, 2.2). A token that is not good, or not the asker's business, is only not active. */
export type Introspection = { readonly active: false } | ({ readonly active: true } & Readonly<Record<string, unknown>>);

/** `issuer`: the URL by which the gateway is known; `iss` of its tokens. */
export type TokenService = {
  issue(client: ClientProof, grant: TokenGrant, issuer: string): Promise<OAuthOutcome<IssuedTokens>>;
  /** RFC 7009. A token that never was is revoked already. */
  revoke(client: ClientProof, token: string, issuer: string): Promise<OAuthOutcome<undefined>>;
  /** RFC 7662. */
  introspect(client: ClientProof, token: string, issuer: string): Promise<OAuthOutcome<Introspection>>;
  /** Answers undefined for a client that never was. */
  findClient(clientId: string): Promise<ClientRecord | undefined>;
  /** Whether the access token, or the family that it belongs to, was revoked. */
  isRevoked(claims: Pick<AccessTokenClaims, 'jti' | 'family'>): Promise<boolean>;
  /** Calls back with the id of a client, token, family or signing key that changed; `*` when anything may have. The gateway drops what it verified by it. */
  onTokenChange(listener: (id: string) => void): Disposable;
  /** Tells when a client's token was used last; written in batches, at most a minute late. */
  touch(clientId: string, atMs: number): void;
};

export function refuse(error: OAuthErrorCode, description: string): OAuthRefusal {
  return { kind: 'refused', error, description };
}
