import { notFound } from '@portico/contracts/errors';
import type { AdminContext } from '../context.ts';
import { OauthClient } from './client.entity.ts';
import { type ClientView, viewOfClient } from './list-clients.ts';

/** One client of an account. NOT_FOUND for another account's client too. */
export async function findClient({ database }: AdminContext, accountId: string, id: string): Promise<ClientView> {
  const client = await database.fork().findOne(OauthClient, { accountId, id });
  if (client === null) throw notFound('OAuth client', id);
  return viewOfClient(client);
}
