// Changes of a client. Each tells the gateways in the same transaction: what they hear is what was committed.
import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { AppError, notFound } from '@portico/contracts/errors';
import { parseInput } from '@portico/service-kit/parse-input';
import type { z } from 'zod';
import { recordAdminAction } from '../admin-log/record-admin-action.ts';
import { announceChange, TOKEN_CHANNEL } from '../change-feed.ts';
import type { AdminContext } from '../context.ts';
import { auditedClient } from './audited-client.ts';
import { OauthClient } from './client.entity.ts';
import { clientChanges, type IssuedClient, newClientSecret, secretHash, secretHint } from './create-client.ts';

/** From now on the client gets no token, and within a second no gateway takes one of its tokens. Revoking a revoked client changes nothing. */
export function revokeClient(context: AdminContext, id: string): Promise<void> {
  return change(context, id, 'revoked', (client) => {
    if (client.status === 'revoked') return;
    client.status = 'revoked';
    client.revokedAt = context.now();
  });
}

/** Changes name, scopes, tier or limits of a client. Within a second its tokens can do no more than it may. INVALID_STATE for a revoked one. */
export function updateClient(context: AdminContext, id: string, given: z.input<typeof clientChanges>): Promise<void> {
  const changes = parseInput(clientChanges, given);
  return change(context, id, 'updated', (client, em) => {
    refuseRevoked(client);
    em.assign(client, changes);
  });
}

/** A new secret. The old one goes on for `overlapMs`; tokens that were given out stay good. */
export function rotateClientSecret(context: AdminContext, id: string, overlapMs: number): Promise<IssuedClient> {
  return change(context, id, 'secret_rotated', (client) => {
    refuseRevoked(client);
    const secret = newClientSecret();
    client.previousSecretHash = client.secretHash;
    client.previousSecretUntil = new Date(context.now().getTime() + overlapMs);
    client.secretHash = secretHash(secret);
    client.secretHint = secretHint(secret);
    return { clientId: id, clientSecret: secret };
  });
}

function refuseRevoked({ status }: OauthClient): void {
  if (status === 'revoked') throw new AppError('INVALID_STATE', 'The client was revoked.');
}

function change<Result>(
  context: AdminContext,
  id: string,
  action: string,
  work: (client: OauthClient, em: EntityManager) => Result,
): Promise<Result> {
  return context.database.fork().transactional(async (em: EntityManager) => {
    // Changes of one client come one after the other: a second click must not be an error.
    const client = await em.findOne(OauthClient, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (client === null) throw notFound('OAuth client', id);
    const before = auditedClient(client);
    const result = work(client, em);
    recordAdminAction(em, context, { action: `oauth_client.${action}`, target: id, before, after: auditedClient(client) });
    await em.flush();
    await announceChange(em, TOKEN_CHANNEL, id);
    return result;
  });
}
