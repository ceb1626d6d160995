import { hash } from 'node:crypto';
import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { type ClientProof, type OAuthOutcome, refuse } from '@portico/contracts/token-service';
import { announceChange, TOKEN_CHANNEL } from '../change-feed.ts';
import type { AdminContext } from '../context.ts';
import { authenticateClient } from '../oauth-clients/authenticate-client.ts';
import { readAccessToken } from './access-token.ts';
import { RefreshToken, TokenFamily } from './token.entities.ts';

const REVOKED: OAuthOutcome<undefined> = { kind: 'granted', value: undefined };
const OTHERS = refuse('unauthorized_client', 'The token was given to another client.');

/** RFC 7009. A refresh token takes all that came of its grant with it; an access token ends alone. */
export async function revokeToken(
  context: AdminContext,
  proof: ClientProof,
  token: string,
  issuer: string,
): Promise<OAuthOutcome<undefined>> {
  const authenticated = await authenticateClient(context, proof);
  if (authenticated.kind === 'refused') return authenticated;
  const { id: clientId } = authenticated.value;
  const claims = await readAccessToken(context, token, issuer);
  return context.database.fork().transactional(async (em) => {
    if (claims !== undefined) {
      if (claims.client_id !== clientId) return OTHERS;
      await em.execute('insert into access.revoked_token (id, expires_at) values (?, ?) on conflict (id) do nothing', [
        claims.jti,
        new Date(claims.exp * 1_000),
      ]);
      await announceChange(em, TOKEN_CHANNEL, claims.jti);
      return REVOKED;
    }
    const kept = await em.findOne(RefreshToken, { tokenHash: hash('sha256', token) });
    const family = kept === null ? null : await em.findOne(TokenFamily, { id: kept.familyId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (family === null) return REVOKED;
    if (family.clientId !== clientId) return OTHERS;
    if (family.revokedAt == null) await revokeFamily(em, family, context.now());
    return REVOKED;
  });
}

/** Ends every refresh and access token of a grant. The caller holds the family's lock. */
export async function revokeFamily(em: EntityManager, family: TokenFamily, now: Date): Promise<void> {
  family.revokedAt = now;
  await em.flush();
  await announceChange(em, TOKEN_CHANNEL, family.id);
}
