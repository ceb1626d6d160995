// The keys that sign service tokens and access tokens. A rotation takes nothing from anybody: the old key is published until the last
// token that it may have signed has ended.
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { LockMode } from '@mikro-orm/core';
import type { Jwks } from '@portico/contracts/access-records';
import { notFound } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import { recordAdminAction } from '../admin-log/record-admin-action.ts';
import { announceChange, TOKEN_CHANNEL } from '../change-feed.ts';
import type { AdminContext } from '../context.ts';
import { SigningKey, sealedPrivateKey } from './signing-key.entity.ts';

/** No token lives longer than this. */
export const TOKEN_LIFETIME_SECONDS_MAX = 3_600;
/** A program that has just read the old key may sign one more token with it. */
const ROTATION_MARGIN_MS = 60_000;
const RSA_BITS = 2_048;

/** The key that signs now: the newest one that will be published until whatever it signs has ended. Made where there is none. */
export async function ensureSigningKey(context: AdminContext): Promise<SigningKey> {
  const now = context.now();
  const lastTokenEnds = new Date(now.getTime() + TOKEN_LIFETIME_SECONDS_MAX * 1_000);
  const existing = await context.database
    .fork()
    .findOne(
      SigningKey,
      { notBefore: { $lte: now }, $or: [{ retiredAt: null }, { retiredAt: { $gte: lastTokenEnds } }] },
      { orderBy: { notBefore: 'desc', id: 'desc' } },
    );
  if (existing !== null) return existing;
  const made = await newSigningKey(context, now);
  return context.database.fork().transactional(async (em) => {
    const key = em.create(SigningKey, made);
    em.persist(key);
    recordAdminAction(em, context, { action: 'signing_key.created', target: key.id, before: null, after: auditedKey(key) });
    await em.flush();
    // A gateway that has just asked for the keys would not ask again before the first token of this one.
    await announceChange(em, TOKEN_CHANNEL, key.id);
    return key;
  });
}

/** The public keys of all signing keys that a live token may have been signed with, and of those that will sign. */
export async function serviceJwks({ database, now }: AdminContext): Promise<Jwks> {
  const keys = await database
    .fork()
    .find(SigningKey, { $or: [{ retiredAt: null }, { retiredAt: { $gt: now() } }] }, { orderBy: { id: 'asc' } });
  return { keys: keys.map(({ publicJwk }) => publicJwk) };
}

/**
 * A new key, which signs after `leadMs`, at once by default; a lead lets those who keep the published keys learn of it before they need it.
 * The keys before it stay published until every token of theirs has ended.
 */
export async function rotateSigningKey(context: AdminContext, { leadMs = 0 }: { leadMs?: number } = {}): Promise<{ id: string }> {
  const now = context.now();
  const signsFrom = new Date(now.getTime() + leadMs);
  const made = await newSigningKey(context, signsFrom);
  const retiredAt = new Date(signsFrom.getTime() + TOKEN_LIFETIME_SECONDS_MAX * 1_000 + ROTATION_MARGIN_MS);
  await context.database.fork().transactional(async (em) => {
    // Locked: a key that is withdrawn at the same time must not get a longer time from here.
    for (const old of await em.find(SigningKey, { retiredAt: null }, { lockMode: LockMode.PESSIMISTIC_WRITE })) old.retiredAt = retiredAt;
    const key = em.create(SigningKey, made);
    em.persist(key);
    recordAdminAction(em, context, { action: 'signing_key.rotated', target: key.id, before: null, after: auditedKey(key) });
    await em.flush();
    await announceChange(em, TOKEN_CHANNEL, made.id);
  });
  return { id: made.id };
}

/** For a key that leaked: nothing that it signed is good any more, on every gateway within a second and everywhere within a minute. */
export async function withdrawSigningKey(context: AdminContext, id: string): Promise<void> {
  await context.database.fork().transactional(async (em) => {
    const key = await em.findOne(SigningKey, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (key === null) throw notFound('signing key', id);
    const before = auditedKey(key);
    key.retiredAt = context.now();
    recordAdminAction(em, context, { action: 'signing_key.withdrawn', target: id, before, after: auditedKey(key) });
    await em.flush();
    await announceChange(em, TOKEN_CHANNEL, id);
  });
}

function auditedKey({ publicJwk, notBefore, retiredAt }: SigningKey): Readonly<Record<string, unknown>> {
  return { publicJwk, notBefore: notBefore.toISOString(), retiredAt: retiredAt?.toISOString() ?? null };
}

async function newSigningKey({ keyRing, now }: AdminContext, notBefore: Date) {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS });
  const id = newId('signingKey');
  return {
    id,
    privateKeySealed: sealedPrivateKey.seal(keyRing, id, String(privateKey.export({ type: 'pkcs8', format: 'pem' }))),
    publicJwk: { ...publicKey.export({ format: 'jwk' }), kid: id, alg: 'RS256', use: 'sig' },
    createdAt: now(),
    notBefore,
  };
}
