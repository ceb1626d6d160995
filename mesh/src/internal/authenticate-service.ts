// Who may query the graph: an internal team with an RS256 service token, or one of our own programs.
import { SERVICE_TOKEN_AUDIENCE } from '@portico/contracts/access-records';
import { type Caller, MODES } from '@portico/contracts/caller';
import { AppError } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import { CALLER_HEADER, readCallerHeader } from '@portico/service-kit/graph/caller-header';
import { readTraceparent } from '@portico/service-kit/tracing/trace-context';
import { z } from 'zod';
import type { PublicKeys } from '../access/bearer/public-keys.ts';
import { createJwtVerifier } from '../access/bearer/verify-jwt.ts';

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

const TOKENS_KEPT_MAX = 1_000;

export function createServiceAuthenticator(options: { keys: PublicKeys; issuer: string; internalSecret: string }): ServiceAuthenticator {
  const verify = createJwtVerifier({
    keys: options.keys,
    issuer: () => options.issuer,
    audience: SERVICE_TOKEN_AUDIENCE,
    claims,
    cache: TOKENS_KEPT_MAX,
  });

  return async (headers) => {
    const internal = headers[CALLER_HEADER];
    if (internal !== undefined) return { caller: readCallerHeader(internal, options.internalSecret), permissions: undefined };
    const [scheme, token, ...rest] = (headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || token === undefined || rest.length > 0)
      throw refused('A service token is needed: Authorization: Bearer …');
    const { sub, account, mode, permissions } = (await verify(token)).claims;
    const scopes = new Set(permissions);
    const traceparent = readTraceparent(headers.traceparent);
    const caller: Caller = { accountId: account, mode, scopes, actor: sub, requestId: newId('request'), traceparent };
    return { caller, permissions: scopes };
  };
}

function refused(message: string): AppError {
  return new AppError('AUTHENTICATION_ERROR', message);
}
