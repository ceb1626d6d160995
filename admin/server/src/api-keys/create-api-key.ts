import { hash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { keyHint, newApiKey, newSigningSecret } from '@portico/contracts/api-key-text';
import { newId } from '@portico/contracts/ids';
import { parseInput } from '@portico/service-kit/parse-input';
import { recordAdminAction } from '../admin-log/record-admin-action.ts';
import type { AdminContext } from '../context.ts';
import { ApiKey, signingSecret } from './api-key.entity.ts';
import { auditedKey } from './audited-key.ts';
import { type KeyInput, keyInput } from './key-input.ts';

/** A key as it is given out, once: neither part can be read again. */
export type IssuedKey = { id: string; key: string; secret: string; expiresAt: Date };

/** Makes a key for an account. VALIDATION_ERROR names the field. */
export async function createApiKey(context: AdminContext, accountId: string, given: KeyInput): Promise<IssuedKey> {
  const em = context.database.fork();
  const issued = issue(em, context, accountId, parseInput(keyInput, given));
  await em.flush();
  return issued;
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
