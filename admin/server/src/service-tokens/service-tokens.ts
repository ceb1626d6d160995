import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { type Jwks, SERVICE_TOKEN_AUDIENCE, SERVICE_TOKEN_ISSUER } from '@portico/contracts/access-records';
import { MODES } from '@portico/contracts/caller';
import { newId } from '@portico/contracts/ids';
import { parseInput } from '@portico/service-kit/parse-input';
import { createSigner } from 'fast-jwt';
import { z } from 'zod';
import { findAccount } from '../accounts/accounts.ts';
import { recordAdminAction } from '../admin-log/record-admin-action.ts';
import type { AdminContext } from '../context.ts';
import { SigningKey, sealedPrivateKey } from './signing-key.entity.ts';

const input = z.object({
  account: z.string().min(1),
  mode: z.enum(MODES),
  /** Who the token is for: `service:reporting`. */
  subject: z.string().regex(/^[a-z][a-z0-9:._-]{1,99}$/, 'It must be a short name in lower case, as service:reporting.'),
  permissions: z.array(z.enum(['graph:read', 'graph:write'])).min(1),
  lifetimeSeconds: z.int().min(60).max(3_600).default(3_600),
});

/** A token for an internal team: RS256, at most an hour. */
export async function issueServiceToken(context: AdminContext, given: z.input<typeof input>): Promise<{ token: string; expiresAt: Date }> {
  const { account, mode, subject, permissions, lifetimeSeconds } = parseInput(input, given);
  const { id: accountId } = await findAccount(context, account);
  const key = await ensureSigningKey(context);
  const sign = createSigner({
    algorithm: 'RS256',
    key: sealedPrivateKey.open(context.keyRing, key.id, key.privateKeySealed),
    kid: key.id,
    iss: SERVICE_TOKEN_ISSUER,
    aud: SERVICE_TOKEN_AUDIENCE,
    sub: subject,
    expiresIn: lifetimeSeconds * 1_000,
  });
  const expiresAt = new Date(Date.now() + lifetimeSeconds * 1_000);
  const em = context.database.fork();
  const after = { subject, mode, permissions, expiresAt: expiresAt.toISOString() };
  recordAdminAction(em, context, { action: 'service_token.issued', target: accountId, before: null, after });
  await em.flush();
  return { token: sign({ account: accountId, mode, permissions }), expiresAt };
}

/** The public keys of all signing keys that a live token may have been signed with. */
export async function serviceJwks({ database }: AdminContext): Promise<Jwks> {
  const keys = await database.fork().find(SigningKey, { retiredAt: null });
  return { keys: keys.map(({ publicJwk }) => publicJwk) };
}

/** The key that signs now; made on first use. */
export async function ensureSigningKey(context: AdminContext): Promise<SigningKey> {
  const { database, keyRing, now } = context;
  const em = database.fork();
  const existing = await em.findOne(SigningKey, { retiredAt: null }, { orderBy: { createdAt: 'desc' } });
  if (existing !== null) return existing;
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const id = newId('signingKey');
  const key = em.create(SigningKey, {
    id,
    privateKeySealed: sealedPrivateKey.seal(keyRing, id, String(privateKey.export({ type: 'pkcs8', format: 'pem' }))),
    publicJwk: { ...publicKey.export({ format: 'jwk' }), kid: id, alg: 'RS256', use: 'sig' },
    createdAt: now(),
  });
  em.persist(key);
  recordAdminAction(em, context, { action: 'signing_key.created', target: id, before: null, after: { publicJwk: key.publicJwk } });
  await em.flush();
  return key;
}
