// Who may query the graph: an internal team with an RS256 service token, or one of our own programs.

import { createPublicKey } from 'node:crypto';
import { type Jwks, SERVICE_TOKEN_AUDIENCE } from '@portico/contracts/access-records';
import { type Caller, MODES } from '@portico/contracts/caller';
import { AppError } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import { CALLER_HEADER, readCallerHeader } from '@portico/service-kit/caller-header';
import { createDecoder, createVerifier } from 'fast-jwt';
import { z } from 'zod';

export type ServiceHeaders = Readonly<Record<string, string | undefined>>;
/** `permissions`: what the token allows; undefined for one of our own programs, whose scopes the subgraphs check. */
export type Admitted = { readonly caller: Caller; readonly permissions: ReadonlySet<string> | undefined };
export type ServiceAuthenticator = (headers: ServiceHeaders) => Promise<Admitted>;

const claims = z.object({
  sub: z.string().min(1),
  account: z.string().min(1),
  mode: z.enum(MODES),
  permissions: z.array(z.string()),
  exp: z.number(),
});

/** A token signed with a key we do not know makes us ask for the keys, but not more often than this. */
const JWKS_COOL_DOWN_MS = 30_000;
/** How long a verified token is believed without verifying it again; also how long a withdrawn key can still be of use. */
const VERIFIED_FOR_MS = 60_000;
const TOKEN_LENGTH_MAX = 8_192;

export function createServiceAuthenticator(options: {
  jwks: () => Promise<Jwks>;
  issuer: string;
  internalSecret: string;
  nowMs: () => number;
}): ServiceAuthenticator {
  const keys = keepKeys(options.jwks, options.nowMs);
  const decode = createDecoder({ complete: true });
  const verifiers = new Map<string, (token: string) => unknown>();

  async function verify(token: string): Promise<z.output<typeof claims>> {
    if (token.length > TOKEN_LENGTH_MAX) throw refused('The token is too long.');
    const kid = readKid(decode, token);
    const pem = await keys(kid);
    if (pem === undefined) throw refused('The token is signed with a key that is not ours.');
    let verifier = verifiers.get(kid);
    if (verifier === undefined) {
      verifier = createVerifier({
        key: pem,
        algorithms: ['RS256'],
        allowedIss: options.issuer,
        allowedAud: SERVICE_TOKEN_AUDIENCE,
        requiredClaims: ['sub', 'exp', 'account', 'mode', 'permissions'],
        cache: 1_000,
        cacheTTL: VERIFIED_FOR_MS,
      });
      verifiers.set(kid, verifier);
    }
    try {
      const parsed = claims.safeParse(verifier(token));
      if (parsed.success) return parsed.data;
    } catch (cause) {
      throw new AppError('AUTHENTICATION_ERROR', 'The token is not valid: it has expired, is for others, or was altered.', { cause });
    }
    throw refused('The token lacks a claim.');
  }

  return async (headers) => {
    const internal = headers[CALLER_HEADER];
    if (internal !== undefined) return { caller: readCallerHeader(internal, options.internalSecret), permissions: undefined };
    const [scheme, token, ...rest] = (headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || token === undefined || rest.length > 0)
      throw refused('A service token is needed: Authorization: Bearer …');
    const { sub, account, mode, permissions } = await verify(token);
    const scopes = new Set(permissions);
    const caller: Caller = { accountId: account, mode, scopes, actor: sub, requestId: newId('request'), traceparent: headers.traceparent };
    return { caller, permissions: scopes };
  };
}

function readKid(decode: (token: string) => unknown, token: string): string {
  try {
    const { header } = decode(token) as { header: { kid?: unknown } };
    if (typeof header.kid === 'string' && header.kid.length <= 128) return header.kid;
  } catch {
    // Not a token at all; the same answer.
  }
  throw refused('The token is malformed or names no key.');
}

/** Public keys by id. Asks anew for an id it does not know, within the cool-down. */
function keepKeys(jwks: () => Promise<Jwks>, nowMs: () => number): (kid: string) => Promise<string | undefined> {
  let known = new Map<string, string>();
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;
  async function refresh(): Promise<void> {
    const { keys } = await jwks();
    known = new Map(
      keys.flatMap((jwk) => {
        if (typeof jwk.kid !== 'string' || jwk.kty !== 'RSA') return [];
        return [[jwk.kid, String(createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }))] as const];
      }),
    );
  }
  return async (kid) => {
    const stale = nowMs() - askedAt > VERIFIED_FOR_MS;
    if (stale || (!known.has(kid) && nowMs() - askedAt > JWKS_COOL_DOWN_MS)) {
      askedAt = nowMs();
      asking = refresh().finally(() => {
        asking = undefined;
      });
    }
    await asking;
    return known.get(kid);
  };
}

function refused(message: string): AppError {
  return new AppError('AUTHENTICATION_ERROR', message);
}
