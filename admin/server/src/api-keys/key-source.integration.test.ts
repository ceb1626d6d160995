import { hash } from 'node:crypto';
import { ANYTHING } from '@portico/contracts/access-records';
import { onStatement } from '@portico/service-kit/sql/statement-log';
import { createTestDatabase, silentLogger, TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import { within } from '@portico/service-kit/testing-stopwatch';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KEY_CHANNEL } from '../change-feed.ts';
import { type Admin, start } from '../server.ts';
import type { IssuedKey } from './create-api-key.ts';

const ANNOUNCED_WITHIN_MS = 1_000;

let database: Awaited<ReturnType<typeof createTestDatabase>>;
/** The one that listens, as a gateway has it, and another that changes keys, as the command line is. */
let admin: Admin;
let elsewhere: Admin;
let client: pg.Client;
let accountId: string;

const startAdmin = (): Promise<Admin> =>
  start({ databaseUrl: database.url, poolMax: 3, secretKeys: TEST_SECRET_KEYS }, { logger: silentLogger });

beforeAll(async () => {
  database = await createTestDatabase();
  admin = await startAdmin();
  elsewhere = await startAdmin();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  accountId = (await elsewhere.accounts.create({ slug: 'shop', name: 'Shop', allowedOrigins: ['https://shop.example'] })).id;
});
afterAll(async () => {
  await client?.end();
  await elsewhere?.[Symbol.asyncDispose]();
  await admin?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const newKey = (settings: object = {}): Promise<IssuedKey> =>
  elsewhere.apiKeys.create(accountId, { name: 'n', mode: 'test', scopes: ['read'], ...settings });
const find = (key: string) => admin.keySource.findKey(hash('sha256', key));

/** What is announced until it is disposed. */
function listenTo({ keySource }: Admin): Disposable & { heard: string[] } {
  const heard: string[] = [];
  const subscription = keySource.onKeyChange((keyId) => heard.push(keyId));
  return { heard, [Symbol.dispose]: () => subscription[Symbol.dispose]() };
}

async function lastUsed(id: string): Promise<Date | null | undefined> {
  return (await elsewhere.apiKeys.list(accountId)).find((key) => key.id === id)?.lastUsedAt;
}

describe('the source of keys', () => {
  it('knows a key by the hash of it alone, with its secret in clear and the limits that hold for it', async () => {
    const { id, key, secret, expiresAt } = await newKey({ tier: 'free', burst: { limit: 7, windowSeconds: 1 } });
    expect(await find(key)).toEqual({
      id,
      accountId,
      mode: 'test',
      name: 'n',
      scopes: ['read'],
      tier: 'free',
      // Ten times the tier's in test mode; what the key has of its own stays as it is.
      limits: { quota: { limit: 1_000, windowSeconds: 3_600 }, burst: { limit: 7, windowSeconds: 1 } },
      signingSecret: secret,
      signatures: ['sha256', 'v2'],
      allowedAddresses: [],
      allowedOrigins: ['https://shop.example'],
      status: 'active',
      expiresAt: expiresAt.getTime(),
    });
    expect(await admin.keySource.findKey(hash('sha256', `${key}x`))).toBeUndefined();
    expect(await admin.keySource.findKey(key)).toBeUndefined();
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['revoked', (id) => elsewhere.apiKeys.revoke(id)],
    ['changed', (id) => elsewhere.apiKeys.update(id, { scopes: ['orders:read'] })],
    ['replaced', (id) => elsewhere.apiKeys.regenerate(id)],
    ['replaced with an overlap', (id) => elsewhere.apiKeys.rotate(id, 60_000)],
  ])('tells within a second which key was %s by another process, when the change can be read', async (_, change) => {
    const { id, key } = await newKey();
    const before = await find(key);
    const { promise: read, resolve } = Promise.withResolvers<unknown>();
    using heard = listenTo(admin);
    using _reading = admin.keySource.onKeyChange(() => resolve(find(key)));
    await change(id);
    await within(ANNOUNCED_WITHIN_MS, () => expect.poll(() => heard.heard, { interval: 5 }).toEqual([id]));
    expect(await read).not.toEqual(before);
  });

  it('tells nothing of a change that did not come to be', async () => {
    const { id } = await newKey();
    using heard = listenTo(admin);
    await client.query('begin');
    await client.query('select pg_notify($1, $2)', [KEY_CHANNEL, 'key_undone']);
    await client.query('rollback');
    await elsewhere.apiKeys.revoke(id);
    await expect.poll(() => heard.heard).toEqual([id]);
  });

  it('takes an announcement that names no key for one of all keys', async () => {
    using heard = listenTo(admin);
    await client.query(`notify ${KEY_CHANNEL}`);
    await expect.poll(() => heard.heard).toEqual([ANYTHING]);
  });

  it('tells a listener nothing once that is disposed', async () => {
    const { id } = await newKey();
    using stays = listenTo(admin);
    const gone = listenTo(admin);
    gone[Symbol.dispose]();
    await elsewhere.apiKeys.revoke(id);
    await expect.poll(() => stays.heard).toEqual([id]);
    expect(gone.heard).toEqual([]);
  });

  it('says that everything may have changed when its connection broke, and hears what changes afterwards', async () => {
    const { id, key } = await newKey();
    const listening = async (): Promise<number[]> => {
      const { rows } = await client.query<{ pid: number }>(
        `select pid from pg_stat_activity where datname = current_database() and application_name = 'portico changes'`,
      );
      return rows.map(({ pid }) => pid);
    };
    const broken = await listening();
    expect(broken).toHaveLength(2);
    using heard = listenTo(admin);
    await client.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [broken]);
    await expect.poll(async () => (await listening()).filter((pid) => !broken.includes(pid))).toHaveLength(2);
    await expect.poll(() => heard.heard).toContain(ANYTHING);
    await elsewhere.apiKeys.revoke(id);
    await within(ANNOUNCED_WITHIN_MS, () => expect.poll(() => heard.heard).toContain(id));
    expect(await find(key)).toMatchObject({ status: 'revoked' });
  });
});

describe('when a key was used last', () => {
  it('is written once for many uses, every 30 seconds, and when the program ends', async () => {
    const [busy, idle] = [await newKey(), await newKey()];
    const writes: string[] = [];
    using _ = onStatement(({ text }) => void (text.includes('set last_used_at') && writes.push(text)));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const at = Date.UTC(2026, 10, 21, 12);
    try {
      const own = await startAdmin();
      for (let i = 0; i < 1_000; i += 1) own.keySource.touch(busy.id, at + i);
      await vi.advanceTimersByTimeAsync(29_999);
      expect(writes).toHaveLength(0);
      await vi.advanceTimersByTimeAsync(1);
      vi.useRealTimers();
      await expect.poll(() => lastUsed(busy.id)).toEqual(new Date(at + 999));
      expect([writes.length, await lastUsed(idle.id)]).toEqual([1, null]);
      own.keySource.touch(idle.id, at);
      own.keySource.touch(busy.id, at - 1);
      await own[Symbol.asyncDispose]();
    } finally {
      vi.useRealTimers();
    }
    expect(writes).toHaveLength(2);
    // A use that is told late does not set the time back.
    expect([await lastUsed(busy.id), await lastUsed(idle.id)]).toEqual([new Date(at + 999), new Date(at)]);
  });
});
