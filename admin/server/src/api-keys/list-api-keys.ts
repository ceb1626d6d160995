import type { AdminContext } from '../context.ts';
import { ApiKey } from './api-key.entity.ts';

/** What may be shown of a key. */
export type KeyView = Omit<ApiKey, 'keyHash' | 'secretSealed' | 'status'> & { status: 'active' | 'revoked' | 'expired' };

/** The keys of an account, newest first. */
export async function listApiKeys({ database, now }: AdminContext, accountId: string): Promise<KeyView[]> {
  const keys = await database.fork().find(ApiKey, { accountId }, { orderBy: { createdAt: 'desc', id: 'desc' } });
  return keys.map((key) => viewOfKey(key, now()));
}

export function viewOfKey(key: ApiKey, now: Date): KeyView {
  const { keyHash: _hash, secretSealed: _secret, status, ...shown } = key;
  return { ...shown, status: status === 'active' && key.expiresAt <= now ? 'expired' : status };
}
