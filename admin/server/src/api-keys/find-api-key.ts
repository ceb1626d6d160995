import { notFound } from '@portico/contracts/errors';
import type { AdminContext } from '../context.ts';
import { ApiKey } from './api-key.entity.ts';
import { type KeyView, viewOfKey } from './list-api-keys.ts';

/** One key of an account. NOT_FOUND for another account's key too. */
export async function findApiKey({ database, now }: AdminContext, accountId: string, id: string): Promise<KeyView> {
  const key = await database.fork().findOne(ApiKey, { accountId, id });
  if (key === null) throw notFound('API key', id);
  return viewOfKey(key, now());
}
