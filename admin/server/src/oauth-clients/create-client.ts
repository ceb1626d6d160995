import { hash, randomBytes } from 'node:crypto';
import { newId } from '@portico/contracts/ids';
import { parseInput } from '@portico/service-kit/parse-input';
import type { z } from 'zod';
import { recordAdminAction } from '../admin-log/record-admin-action.ts';
import { keyInput } from '../api-keys/key-input.ts';
import type { AdminContext } from '../context.ts';
import { auditedClient } from './audited-client.ts';
import { OauthClient } from './client.entity.ts';

const SECRET_BYTES = 32;

export const clientInput = keyInput.pick({ name: true, mode: true, scopes: true, tier: true, quota: true, burst: true });
export type ClientInput = z.input<typeof clientInput>;

/** A client as it is given out, once: its secret cannot be read again. */
export type IssuedClient = { clientId: string; clientSecret: string };

/** Makes a client for an account. VALIDATION_ERROR names the field. */
export async function createClient(context: AdminContext, accountId: string, given: ClientInput): Promise<IssuedClient> {
  const { quota, burst, ...input } = parseInput(clientInput, given);
  const [id, secret] = [newId('client'), newClientSecret()];
  const em = context.database.fork();
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
  await em.flush();
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
