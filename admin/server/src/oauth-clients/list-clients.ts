import type { AdminContext } from '../context.ts';
import { OauthClient } from './client.entity.ts';

/** What may be shown of a client. */
export type ClientView = Omit<OauthClient, 'secretHash' | 'previousSecretHash'>;

/** The clients of an account, newest first. */
export async function listClients({ database }: AdminContext, accountId: string): Promise<ClientView[]> {
  const clients = await database.fork().find(OauthClient, { accountId }, { orderBy: { createdAt: 'desc', id: 'desc' } });
  return clients.map(viewOfClient);
}

export function viewOfClient(client: OauthClient): ClientView {
  const { secretHash: _hash, previousSecretHash: _previous, ...shown } = client;
  return shown;
}
