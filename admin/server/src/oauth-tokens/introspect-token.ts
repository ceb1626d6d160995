import { hash } from 'node:crypto';
import { commonScopes } from '@portico/contracts/scopes';
import {
  ACCESS_TOKEN_AUDIENCE,
  type AccessTokenClaims,
  type ClientProof,
  type Introspection,
  type OAuthOutcome,
} from '@portico/contracts/token-service';
import type { AdminContext } from '../context.ts';
import { authenticateClient } from '../oauth-clients/authenticate-client.ts';
import { OauthClient } from '../oauth-clients/client.entity.ts';
import { readAccessToken } from './access-token.ts';
import { RefreshToken, TokenFamily } from './token.entities.ts';

const NOT_ACTIVE: Introspection = { active: false };

/** RFC 7662. A client may ask about the tokens of its own account and mode; of others it learns nothing. */
export async function introspectToken(
  context: AdminContext,
  proof: ClientProof,
  token: string,
  issuer: string,
): Promise<OAuthOutcome<Introspection>> {
  const authenticated = await authenticateClient(context, proof);
  if (authenticated.kind === 'refused') return authenticated;
  const claims = await readAccessToken(context, token, issuer);
  const found = claims === undefined ? await aboutRefreshToken(context, token) : await aboutAccessToken(context, claims);
  if (found === undefined) return { kind: 'granted', value: NOT_ACTIVE };
  const { accountId, mode } = authenticated.value;
  const owner = await context.database.fork().findOne(OauthClient, { id: found.client_id, accountId, mode, status: 'active' });
  if (owner === null) return { kind: 'granted', value: NOT_ACTIVE };
  const { scopes, ...about } = found;
  // The client may have lost scopes since.
  const allowed = commonScopes(scopes, owner.scopes);
  const permissions = about.token_type === undefined ? {} : { permissions: allowed };
  return { kind: 'granted', value: { active: true, ...about, ...permissions, scope: allowed.join(' '), account: accountId, mode } };
}

type About = Readonly<Record<string, unknown>> & { readonly client_id: string; readonly scopes: readonly string[] };

async function aboutAccessToken(context: AdminContext, claims: AccessTokenClaims): Promise<About | undefined> {
  if (await isTokenRevoked(context, claims)) return undefined;
  const { iss, sub, client_id, user_id, permissions, jti, iat, nbf, exp } = claims;
  const ids = { iss, aud: ACCESS_TOKEN_AUDIENCE, sub, client_id, user_id, jti };
  return { token_type: 'Bearer', ...ids, scopes: permissions, iat, nbf, exp };
}

async function aboutRefreshToken({ database, now }: AdminContext, text: string): Promise<About | undefined> {
  const em = database.fork();
  const token = await em.findOne(RefreshToken, { tokenHash: hash('sha256', text) });
  if (token === null || token.usedAt != null || token.expiresAt <= now()) return undefined;
  const family = await em.findOne(TokenFamily, { id: token.familyId });
  if (family === null || family.revokedAt != null) return undefined;
  const seconds = (time: Date): number => Math.floor(time.getTime() / 1_000);
  return {
    sub: family.clientId,
    client_id: family.clientId,
    scopes: family.scopes,
    iat: seconds(token.issuedAt),
    exp: seconds(token.expiresAt),
  };
}

/** Whether an access token was revoked, alone or with its family. */
export async function isTokenRevoked(
  { database }: AdminContext,
  { jti, family }: Pick<AccessTokenClaims, 'jti' | 'family'>,
): Promise<boolean> {
  const rows = await database.run(
    `select 1 from access.revoked_token where id = $1
     union all select 1 from access.token_family where id = $2 and revoked_at is not null`,
    [jti, family],
  );
  return rows.length > 0;
}
