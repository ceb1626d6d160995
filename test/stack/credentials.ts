// Credentials of accounts made for a test: each of its own, unless the test names one.
import { randomBytes } from 'node:crypto';
import type { Admin } from '@portico/admin-server/server';
import type { SignatureScheme } from '@portico/contracts/access-records';
import type { Mode } from '@portico/contracts/caller';
import type { RateLimit, Tier } from '@portico/contracts/tiers';
import { OUT_OF_REACH } from './out-of-reach.ts';

export type KeyOptions = {
  account?: string;
  mode?: Mode;
  scopes?: string[];
  signatures?: SignatureScheme[];
  allowedAddresses?: string[];
  lifetimeMs?: number;
  tier?: Tier;
  /** Far out of reach by default; null for the tier's. */
  quota?: RateLimit | null;
  burst?: RateLimit | null;
};
export type ClientOptions = Pick<KeyOptions, 'account' | 'mode' | 'scopes'>;

export type Key = { id: string; key: string; secret: string; accountId: string };
export type Client = { accountId: string; clientId: string; clientSecret: string };

export async function issueKey(
  admin: Admin,
  { account, mode = 'test', scopes = ['read', 'write'], ...limits }: KeyOptions = {},
): Promise<Key> {
  const accountId = await ensureAccount(admin, account);
  return { accountId, ...(await admin.apiKeys.create(accountId, { name: 'test', mode, scopes, ...OUT_OF_REACH, ...limits })) };
}

export async function issueClient(
  admin: Admin,
  { account, mode = 'test', scopes = ['read', 'write'] }: ClientOptions = {},
): Promise<Client> {
  const accountId = await ensureAccount(admin, account);
  return { accountId, ...(await admin.oauthClients.create(accountId, { name: 'test', mode, scopes })) };
}

async function ensureAccount(admin: Admin, slug = `t-${randomBytes(6).toString('hex')}`): Promise<string> {
  return (await admin.accounts.find(slug).catch(() => admin.accounts.create({ slug, name: slug }))).id;
}
