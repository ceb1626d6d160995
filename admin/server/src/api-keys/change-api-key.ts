// Changes of a key. Each tells the gateways in the same transaction: what they hear is what was committed.
import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { AppError, notFound } from '@portico/contracts/errors';
import { parseInput } from '@portico/service-kit/parse-input';
import type { z } from 'zod';
import { recordAdminAction } from '../admin-log/record-admin-action.ts';
import { announceChange, KEY_CHANNEL } from '../change-feed.ts';
import type { AdminContext } from '../context.ts';
import { ApiKey } from './api-key.entity.ts';
import { auditedKey } from './audited-key.ts';
import { type IssuedKey, issue, refuseOneTooMany } from './create-api-key.ts';
import { keyChanges, keyInput } from './key-input.ts';

/** From now on no gateway accepts the key, within a second. Revoking a revoked key changes nothing. */
export function revokeApiKey(context: AdminContext, id: string): Promise<void> {
  return change(context, 'api_key.revoked', id, (key) => revoke(key, context.now()));
}

/** A new key with the settings of the old one, which stops at once. INVALID_STATE as for `rotateApiKey`. */
export function regenerateApiKey(context: AdminContext, id: string): Promise<IssuedKey> {
  return rotateApiKey(context, id, 0);
}

/** A new key with the settings of the old one, which goes on for `overlapMs`. INVALID_STATE for a key that was revoked, or has its successor, and for one key too many. */
export function rotateApiKey(context: AdminContext, id: string, overlapMs: number): Promise<IssuedKey> {
  return change(context, overlapMs === 0 ? 'api_key.regenerated' : 'api_key.rotated', id, async (old, em) => {
    if (old.replacedBy != null) throw new AppError('INVALID_STATE', `The API key was replaced by ${old.replacedBy}.`);
    if (old.status === 'revoked') throw new AppError('INVALID_STATE', 'The API key was revoked.');
    await refuseOneTooMany(em, context, old.accountId, { id, goesOn: overlapMs > 0 });
    const { name, mode, scopes, tier, quota, burst, signatures, allowedAddresses } = old;
    const lifetimeMs = Math.max(60_000, old.expiresAt.getTime() - old.createdAt.getTime());
    const input = keyInput.parse({ name, mode, scopes, tier, quota, burst, signatures, allowedAddresses, lifetimeMs });
    const issued = issue(em, context, old.accountId, input);
    const now = context.now();
    if (overlapMs === 0) revoke(old, now);
    else old.expiresAt = new Date(Math.min(old.expiresAt.getTime(), now.getTime() + overlapMs));
    old.replacedBy = issued.id;
    return issued;
  });
}

/** Changes name, scopes, tier, limits, schemes or addresses of a key. */
export function updateApiKey(context: AdminContext, id: string, given: z.input<typeof keyChanges>): Promise<void> {
  const changes = parseInput(keyChanges, given);
  return change(context, 'api_key.updated', id, (key, em) => void em.assign(key, changes));
}

function change<Result>(
  context: AdminContext,
  action: string,
  id: string,
  work: (key: ApiKey, em: EntityManager) => Result | Promise<Result>,
): Promise<Result> {
  return context.database.fork().transactional(async (em) => {
    // Changes of one key come one after the other: a second click must not be an error.
    const key = await em.findOne(ApiKey, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (key === null) throw notFound('API key', id);
    const before = auditedKey(key);
    const result = await work(key, em);
    recordAdminAction(em, context, { action, target: id, before, after: auditedKey(key) });
    await em.flush();
    await announceChange(em, KEY_CHANNEL, id);
    return result;
  });
}

function revoke(key: ApiKey, now: Date): void {
  if (key.status === 'revoked') return;
  key.status = 'revoked';
  key.revokedAt = now;
}
