import type { AdminContext } from '../context.ts';
import { newestFirst } from '../newest-first.ts';
import { ApiKey } from './api-key.entity.ts';

/** What may be shown of a key. */
export type KeyView = Omit<ApiKey, 'keyHash' | 'secretSealed' | 'status'> & { status: 'active' | 'revoked' | 'expired' };

/** Of keys that have ended there are as many as somebody cares to make, one after the other. */
const ENDED_MAX = 200;

/** The keys of an account, newest first: all that are in force, and the latest that are not. */
export async function listApiKeys({ database, now }: AdminContext, accountId: string): Promise<KeyView[]> {
  const [em, at] = [database.fork(), now()];
  const orderBy = { createdAt: 'desc', id: 'desc' } as const;
  const inForce = await em.find(ApiKey, { accountId, status: 'active', expiresAt: { $gt: at } });
  const hasEnded = { $or: [{ status: 'revoked' as const }, { expiresAt: { $lte: at } }] };
  const ended = await em.find(ApiKey, { accountId, ...hasEnded }, { orderBy, limit: ENDED_MAX });
  return [...inForce, ...ended].map((key) => viewOfKey(key, at)).sort(newestFirst);
}

export function viewOfKey(key: ApiKey, now: Date): KeyView {
  const { keyHash: _hash, secretSealed: _secret, status, ...shown } = key;
  return { ...shown, status: status === 'active' && key.expiresAt <= now ? 'expired' : status };
}
