import type { AdminContext } from '../context.ts';
import { newestFirst } from '../newest-first.ts';
import { OauthClient } from './client.entity.ts';

/** What may be shown of a client. */
export type ClientView = Omit<OauthClient, 'secretHash' | 'previousSecretHash'>;

/** Of clients that were revoked there are as many as somebody cares to make, one after the other. */
const REVOKED_MAX = 200;

/** The clients of an account, newest first: all that are in force, and the latest that are not. */
export async function listClients({ database }: AdminContext, accountId: string): Promise<ClientView[]> {
  const em = database.fork();
  const orderBy = { createdAt: 'desc', id: 'desc' } as const;
  const inForce = await em.find(OauthClient, { accountId, status: 'active' });
  const revoked = await em.find(OauthClient, { accountId, status: 'revoked' }, { orderBy, limit: REVOKED_MAX });
  return [...inForce, ...revoked].map(viewOfClient).sort(newestFirst);
}

export function viewOfClient(client: OauthClient): ClientView {
  const { secretHash: _hash, previousSecretHash: _previous, ...shown } = client;
  return shown;
}
