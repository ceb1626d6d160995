// The token endpoint's two grants. A refresh token is good for one use; a second use of it means that it was stolen from one of two who
// have it, and as nobody knows from whom, everything that came of the grant ends (RFC 9700, 4.14).
import { hash, randomBytes } from 'node:crypto';
import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { newId } from '@portico/contracts/ids';
import { commonScopes } from '@portico/contracts/scopes';
import { type ClientProof, type IssuedTokens, type OAuthOutcome, refuse, type TokenGrant } from '@portico/contracts/token-service';
import type { AdminContext } from '../context.ts';
import { authenticateClient } from '../oauth-clients/authenticate-client.ts';
import type { OauthClient } from '../oauth-clients/client.entity.ts';
import { ACCESS_TOKEN_LIFETIME_SECONDS, accessTokenSigner, type SignAccessToken } from './access-token.ts';
import { grantScopes } from './grant-scopes.ts';
import { revokeFamily } from './revoke-token.ts';
import { RefreshToken, TokenFamily } from './token.entities.ts';

const REFRESH_TOKEN_LIFETIME_MS = 30 * 24 * 3_600 * 1_000;
const REFRESH_TOKEN_BYTES = 32;
const NOT_GOOD = refuse('invalid_grant', 'The refresh token is not known, has expired, was used or revoked, or is another client’s.');

export async function issueTokens(
  context: AdminContext,
  proof: ClientProof,
  grant: TokenGrant,
  issuer: string,
): Promise<OAuthOutcome<IssuedTokens>> {
  const authenticated = await authenticateClient(context, proof);
  if (authenticated.kind === 'refused') return authenticated;
  const client = authenticated.value;
  const sign = await accessTokenSigner(context, issuer);
  return grant.kind === 'refresh_token'
    ? context.database.fork().transactional((em) => refreshTokens({ context, em, client, sign }, grant.refreshToken, grant.scopes))
    : context.database.fork().transactional((em) => beginFamily({ context, em, client, sign }, grant.scopes));
}

type Issuing = { context: AdminContext; em: EntityManager; client: OauthClient; sign: SignAccessToken };

async function beginFamily(
  { context, em, client, sign }: Issuing,
  asked: readonly string[] | undefined,
): Promise<OAuthOutcome<IssuedTokens>> {
  const scopes = grantScopes(client.scopes, asked);
  if (scopes === undefined) return moreThan(client.scopes);
  const createdAt = context.now();
  const family = em.create(TokenFamily, { id: newId('tokenFamily'), clientId: client.id, scopes, createdAt, expiresAt: createdAt });
  // Written before its tokens, whose rows refer to it: the ORM knows of no relation between them.
  await em.persist(family).flush();
  const refreshToken = addRefreshToken(em, family, createdAt);
  return granted(sign({ client, familyId: family.id, scopes }), refreshToken, scopes);
}

async function refreshTokens(
  { context, em, client, sign }: Issuing,
  given: string,
  asked: readonly string[] | undefined,
): Promise<OAuthOutcome<IssuedTokens>> {
  const token = await em.findOne(RefreshToken, { tokenHash: hash('sha256', given) });
  if (token === null) return NOT_GOOD;
  const family = await em.findOne(TokenFamily, { id: token.familyId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (family === null || family.clientId !== client.id) return NOT_GOOD;
  // What was read before the lock was had may be from before another use.
  await em.refresh(token);
  const now = context.now();
  if (family.revokedAt != null) return NOT_GOOD;
  if (token.usedAt != null) {
    await revokeFamily(em, family, now);
    return NOT_GOOD;
  }
  if (token.expiresAt <= now) return NOT_GOOD;
  // What the client may do now, as far as it was granted then.
  const allowed = commonScopes(family.scopes, client.scopes);
  const scopes = allowed.length === 0 ? undefined : grantScopes(allowed, asked);
  if (scopes === undefined) return moreThan(allowed);
  const refreshToken = addRefreshToken(em, family, now);
  token.usedAt = now;
  token.replacedBy = hash('sha256', refreshToken);
  return granted(sign({ client, familyId: family.id, scopes }), refreshToken, scopes);
}

function addRefreshToken(em: EntityManager, family: TokenFamily, issuedAt: Date): string {
  const refreshToken = `rt_${randomBytes(REFRESH_TOKEN_BYTES).toString('base64url')}`;
  const expiresAt = new Date(issuedAt.getTime() + REFRESH_TOKEN_LIFETIME_MS);
  family.expiresAt = expiresAt;
  em.persist(em.create(RefreshToken, { tokenHash: hash('sha256', refreshToken), familyId: family.id, issuedAt, expiresAt }));
  return refreshToken;
}

function granted(accessToken: string, refreshToken: string, scopes: readonly string[]): OAuthOutcome<IssuedTokens> {
  return { kind: 'granted', value: { accessToken, expiresInSeconds: ACCESS_TOKEN_LIFETIME_SECONDS, refreshToken, scopes } };
}

function moreThan(allowed: readonly string[]): OAuthOutcome<never> {
  return refuse('invalid_scope', `At most these scopes can be had: ${allowed.join(' ')}.`);
}
