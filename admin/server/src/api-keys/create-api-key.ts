import { hash } from 'node:crypto';
import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { keyHint, newApiKey, newSigningSecret } from '@portico/contracts/api-key-text';
import { AppError, notFound } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import { parseInput } from '@portico/service-kit/parse-input';
import { Account } from '../accounts/account.entity.ts';
import { recordAdminAction } from '../admin-log/record-admin-action.ts';
import type { AdminContext } from '../context.ts';
import { ApiKey, signingSecret } from './api-key.entity.ts';
import { auditedKey } from './audited-key.ts';
import { type KeyInput, keyInput } from './key-input.ts';

/** A key as it is given out, once: neither part can be read again. */
export type IssuedKey = { id: string; key: string; secret: string; expiresAt: Date };

/** In force at once, and as many more that go on beside their successors for a while. Each key has a quota of its own: without a bound an account would have no quota at all. */
export const KEYS_MAX = 100;

/** Makes a key for an account. VALIDATION_ERROR names the field; INVALID_STATE for one key too many. */
export async function createApiKey(context: AdminContext, accountId: string, given: KeyInput): Promise<IssuedKey> {
  const input = parseInput(keyInput, given);
  return context.database.fork().transactional(async (em) => {
    await refuseOneTooMany(em, context, accountId);
    return issue(em, context, accountId, input);
  });
}

/**
 * NOT_FOUND for the account, INVALID_STATE when it has no room for one more key. `rotated`: the key that makes room for its successor, and whether it
 * goes on beside it: those have a bound of their own, so that an account that has all its keys can still rotate them.
 */
export async function refuseOneTooMany(
  em: EntityManager,
  { now }: AdminContext,
  accountId: string,
  rotated?: { id: string; goesOn: boolean },
): Promise<void> {
  // Locked, so that keys that are made at the same time are counted one after the other.
  const account = await em.findOne(Account, { id: accountId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (account === null) throw notFound('account', accountId);
  const inForce = { accountId, status: 'active' as const, expiresAt: { $gt: now() } };
  const others = rotated === undefined ? {} : { id: { $ne: rotated.id } };
  if ((await em.count(ApiKey, { ...inForce, ...others, replacedBy: null })) >= KEYS_MAX)
    throw new AppError('INVALID_STATE', `An account has at most ${KEYS_MAX} API keys in force. Revoke one first.`);
  if (rotated?.goesOn === true && (await em.count(ApiKey, { ...inForce, replacedBy: { $ne: null } })) >= KEYS_MAX)
    throw new AppError('INVALID_STATE', `At most ${KEYS_MAX} API keys go on beside their successors. Revoke one first.`);
}

/** The same inside a transaction that does more. */
export function issue(em: EntityManager, context: AdminContext, accountId: string, input: ReturnType<typeof keyInput.parse>): IssuedKey {
  const { lifetimeMs, quota, burst, ...given } = input;
  const [id, key, secret] = [newId('apiKey'), newApiKey(given.mode), newSigningSecret()];
  const createdAt = context.now();
  const expiresAt = new Date(createdAt.getTime() + lifetimeMs);
  const created = em.create(ApiKey, {
    ...given,
    id,
    accountId,
    quota: quota ?? null,
    burst: burst ?? null,
    keyHash: hash('sha256', key),
    keyHint: keyHint(key),
    secretSealed: signingSecret.seal(context.keyRing, id, secret),
    status: 'active',
    createdAt,
    expiresAt,
  });
  em.persist(created);
  recordAdminAction(em, context, { action: 'api_key.created', target: id, before: null, after: auditedKey(created) });
  return { id, key, secret, expiresAt };
}
