import { hash, randomBytes } from 'node:crypto';
import { LockMode } from '@mikro-orm/postgresql';
import { AppError, notFound } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import { parseInput } from '@portico/service-kit/parse-input';
import type { z } from 'zod';
import { Account } from '../accounts/account.entity.ts';
import { recordAdminAction } from '../admin-log/record-admin-action.ts';
import { keyChanges, keyInput } from '../api-keys/key-input.ts';
import type { AdminContext } from '../context.ts';
import { auditedClient } from './audited-client.ts';
import { OauthClient } from './client.entity.ts';

const SECRET_BYTES = 32;

export const clientInput = keyInput.pick({ name: true, mode: true, scopes: true, tier: true, quota: true, burst: true });
/** What may change of a client: what is absent stays. */
export const clientChanges = keyChanges.pick({ name: true, scopes: true, tier: true, quota: true, burst: true });
export type ClientInput = z.input<typeof clientInput>;

/** A client as it is given out, once: its secret cannot be read again. */
export type IssuedClient = { clientId: string; clientSecret: string };

/** In force at once, as for keys. */
export const CLIENTS_MAX = 100;

/** Makes a client for an account. VALIDATION_ERROR names the field; INVALID_STATE for one client too many. */
export async function createClient(context: AdminContext, accountId: string, given: ClientInput): Promise<IssuedClient> {
  const { quota, burst, ...input } = parseInput(clientInput, given);
  const [id, secret] = [newId('client'), newClientSecret()];
  await context.database.fork().transactional(async (em) => {
    const account = await em.findOne(Account, { id: accountId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (account === null) throw notFound('account', accountId);
    if ((await em.count(OauthClient, { accountId, status: 'active' })) >= CLIENTS_MAX)
      throw new AppError('INVALID_STATE', `An account has at most ${CLIENTS_MAX} OAuth clients in force. Revoke one first.`);
    const client = em.create(OauthClient, {
      ...input,
      id,
      accountId,
      quota: quota ?? null,
      burst: burst ?? null,
      secretHash: secretHash(secret),
      secretHint: secretHint(secret),
      status: 'active',
      createdAt: context.now(),
    });
    em.persist(client);
    recordAdminAction(em, context, { action: 'oauth_client.created', target: id, before: null, after: auditedClient(client) });
  });
  return { clientId: id, clientSecret: secret };
}

/** 256 bits behind a prefix by which scanners recognise a leaked one. */
export function newClientSecret(): string {
  return `cs_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

export function secretHash(secret: string): string {
  return hash('sha256', secret);
}

export function secretHint(secret: string): string {
  return `cs_…${secret.slice(-4)}`;
}
