import { hash } from 'node:crypto';
import type { IssuedTokens, OAuthOutcome, TokenGrant } from '@portico/contracts/token-service';
import { createTestDatabase, silentLogger, TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import { within } from '@portico/service-kit/testing-stopwatch';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IssuedClient } from '../oauth-clients/create-client.ts';
import { type Admin, start } from '../server.ts';

const ISSUER = 'https://api.example';
const DAY_MS = 24 * 3_600_000;

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let admin: Admin;
let client: pg.Client;
let accountId: string;
let own: IssuedClient;
let nowMs = Date.now();

beforeAll(async () => {
  database = await createTestDatabase();
  const settings = { databaseUrl: database.url, poolMax: 10, secretKeys: TEST_SECRET_KEYS };
  admin = await start(settings, { logger: silentLogger, now: () => new Date(nowMs) });
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  accountId = (await admin.accounts.create({ slug: 'shop', name: 'Shop', allowedOrigins: ['https://shop.example'] })).id;
});
afterAll(async () => {
  await client?.end();
  await admin?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  nowMs = Date.now();
  own = await newClient();
});

const newClient = (settings: object = {}): Promise<IssuedClient> =>
  admin.oauthClients.create(accountId, { name: 'n', mode: 'test', scopes: ['read'], ...settings });
const issue = (grant: TokenGrant, by = own): Promise<OAuthOutcome<IssuedTokens>> => admin.tokens.issue(by, grant, ISSUER);
const begin = async (scopes?: string[], by = own): Promise<IssuedTokens> => value(await issue({ kind: 'client_credentials', scopes }, by));
const refresh = (refreshToken: string, by = own): Promise<OAuthOutcome<IssuedTokens>> =>
  issue({ kind: 'refresh_token', refreshToken, scopes: undefined }, by);
const isActive = async (token: string): Promise<boolean> => value(await admin.tokens.introspect(own, token, ISSUER)).active;

function value<Value>(outcome: OAuthOutcome<Value>): Value {
  if (outcome.kind === 'refused') throw new Error(`${outcome.error}: ${outcome.description}`);
  return outcome.value;
}

function claimsOf(token: string): { jti: string; family: string; [name: string]: unknown } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

describe('refresh tokens', () => {
  it('are good for one use: of 20 that race with one token one succeeds, and the grant ends, for the others had the same token', async () => {
    const { accessToken, refreshToken } = await begin();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => refresh(refreshToken)));
    const won = outcomes.filter(({ kind }) => kind === 'granted');
    expect(won).toHaveLength(1);
    for (const one of outcomes) if (one.kind === 'refused') expect(one.error).toBe('invalid_grant');
    const winner = value(won[0] ?? outcomes[0] ?? (await refresh(refreshToken)));
    expect(await refresh(winner.refreshToken)).toMatchObject({ kind: 'refused', error: 'invalid_grant' });
    for (const token of [accessToken, winner.accessToken, winner.refreshToken]) expect(await isActive(token)).toBe(false);
  });

  it('that are used while the one before them comes back leave nothing of the grant in force', async () => {
    const { refreshToken } = await begin();
    const second = value(await refresh(refreshToken));
    const [next] = await Promise.all([refresh(second.refreshToken), refresh(refreshToken)]);
    const newest = next.kind === 'granted' ? next.value.refreshToken : second.refreshToken;
    expect(await refresh(newest)).toMatchObject({ kind: 'refused', error: 'invalid_grant' });
  });

  it('last 30 days from each use', async () => {
    const begun = Date.now();
    let { refreshToken } = await begin();
    nowMs = begun + 30 * DAY_MS - 1_000;
    refreshToken = value(await refresh(refreshToken)).refreshToken;
    nowMs += 30 * DAY_MS - 1_000;
    refreshToken = value(await refresh(refreshToken)).refreshToken;
    nowMs += 30 * DAY_MS + 1;
    expect(await refresh(refreshToken)).toMatchObject({ kind: 'refused', error: 'invalid_grant' });
  });

  it('are of use to no other client, which ends nothing by trying', async () => {
    const { refreshToken } = await begin();
    expect(await refresh(refreshToken, await newClient())).toMatchObject({ kind: 'refused', error: 'invalid_grant' });
    expect(await refresh(refreshToken)).toMatchObject({ kind: 'granted' });
  });

  it('are kept as hashes only, as are the secrets of clients', async () => {
    const { refreshToken } = await begin();
    const { rows } = await client.query('select row_to_json(t)::text as text from access.refresh_token t where token_hash = $1', [
      hash('sha256', refreshToken),
    ]);
    expect(rows).toHaveLength(1);
    const { rows: everything } = await client.query(
      `select string_agg(text, '') as text from (select row_to_json(t)::text as text from access.refresh_token t
       union all select row_to_json(c)::text from access.oauth_client c) as all_rows`,
    );
    for (const secret of [refreshToken, own.clientSecret]) expect(everything[0].text).not.toContain(secret);
  });
});

describe('clients', () => {
  it('are known to gateways with the limits that hold for them and without their secret', async () => {
    const { clientId } = await newClient({ tier: 'free', burst: { limit: 7, windowSeconds: 1 } });
    expect(await admin.tokens.findClient(clientId)).toEqual({
      id: clientId,
      accountId,
      mode: 'test',
      name: 'n',
      scopes: ['read'],
      tier: 'free',
      status: 'active',
      limits: { quota: { limit: 1_000, windowSeconds: 3_600 }, burst: { limit: 7, windowSeconds: 1 } },
      allowedOrigins: ['https://shop.example'],
    });
    expect(await admin.tokens.findClient('client_none')).toBeUndefined();
  });

  it('get a new secret; the old one ends after the overlap', async () => {
    const { clientSecret } = await admin.oauthClients.rotateSecret(own.clientId, 60_000);
    const renewed = { ...own, clientSecret };
    for (const one of [own, renewed]) expect(await begin(undefined, one)).toBeDefined();
    nowMs += 60_000;
    expect(await issue({ kind: 'client_credentials', scopes: undefined })).toMatchObject({ error: 'invalid_client' });
    expect(await begin(undefined, renewed)).toBeDefined();
  });

  it('that are revoked get no token and no answer, and the gateways hear of it', async () => {
    const { accessToken, refreshToken } = await begin();
    const heard: string[] = [];
    using _ = admin.tokens.onTokenChange((id) => heard.push(id));
    await admin.oauthClients.revoke(own.clientId);
    await within(1_000, () => expect.poll(() => heard).toContain(own.clientId));
    expect(await refresh(refreshToken)).toMatchObject({ error: 'invalid_client' });
    expect(await admin.tokens.introspect(own, accessToken, ISSUER)).toMatchObject({ error: 'invalid_client' });
    await expect(admin.oauthClients.rotateSecret(own.clientId, 0)).rejects.toMatchObject({ code: 'INVALID_STATE' });
    await expect(admin.oauthClients.revoke('client_none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are listed without anything to sign in with, newest first', async () => {
    const shown = await admin.oauthClients.list(accountId);
    expect(shown[0]).toMatchObject({ id: own.clientId, status: 'active', secretHint: `cs_…${own.clientSecret.slice(-4)}` });
    expect(Object.keys(shown[0] ?? {}).filter((name) => /hash/i.test(name))).toEqual([]);
  });

  it('cannot be given what is for services', async () => {
    await expect(newClient({ scopes: ['graph:read'] })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { 'scopes[0]': expect.any(String) },
    });
  });

  it('have their last use written when the program ends', async () => {
    const other = await start({ databaseUrl: database.url, poolMax: 2, secretKeys: TEST_SECRET_KEYS }, { logger: silentLogger });
    const at = Date.UTC(2026, 10, 21, 12);
    other.tokens.touch(own.clientId, at);
    await other[Symbol.asyncDispose]();
    expect((await admin.oauthClients.list(accountId)).find(({ id }) => id === own.clientId)?.lastUsedAt).toEqual(new Date(at));
  });
});

describe('signing keys', () => {
  const kids = async (): Promise<unknown[]> => (await admin.jwks()).keys.map(({ kid }) => kid);
  const kidOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;

  it('stay published after a rotation until the last token of theirs has ended', async () => {
    const { accessToken } = await begin();
    const old = kidOf(accessToken);
    const { id } = await admin.signingKeys.rotate();
    expect(kidOf((await begin()).accessToken)).toBe(id);
    nowMs += 3_599_000;
    expect([await isActive(accessToken), await kids()]).toEqual([true, expect.arrayContaining([old, id])]);
    nowMs += 62_000;
    expect(await kids()).not.toContain(old);
    expect(await kids()).toContain(id);
  });

  it('can be published before they sign', async () => {
    const before = kidOf((await begin()).accessToken);
    const { id } = await admin.signingKeys.rotate({ leadMs: 300_000 });
    expect(await kids()).toEqual(expect.arrayContaining([before, id]));
    expect(kidOf((await begin()).accessToken)).toBe(before);
    nowMs += 300_000;
    expect(kidOf((await begin()).accessToken)).toBe(id);
    // The tests after this one have the clock of the day again.
    await admin.signingKeys.withdraw(id);
  });

  it('that are withdrawn take their tokens with them, and others sign on', async () => {
    const { accessToken } = await begin();
    await admin.signingKeys.withdraw(kidOf(accessToken));
    expect(await isActive(accessToken)).toBe(false);
    expect(kidOf((await begin()).accessToken)).not.toBe(kidOf(accessToken));
  });

  it('stay withdrawn when a rotation is under way at the same time', async () => {
    const { id: leaked } = await admin.signingKeys.rotate();
    await client.query('begin');
    await client.query('update access.signing_key set retired_at = $2 where id = $1', [leaked, new Date(nowMs)]);
    const rotated = admin.signingKeys.rotate();
    const watcher = new pg.Client({ connectionString: database.url });
    await watcher.connect();
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await watcher.query(waiting)).rowCount).toBe(1);
    await client.query('commit');
    await rotated;
    await watcher.end();
    expect(await kids()).not.toContain(leaked);
  });

  it('sign only what they outlive: not in their last hour, after a withdrawal or a second rotation either', async () => {
    const { id: second } = await admin.signingKeys.rotate();
    await admin.signingKeys.rotate({ leadMs: 1_800_000 });
    const { id: last } = await admin.signingKeys.rotate();
    for (let minutes = 0; minutes <= 120; minutes += 15) {
      nowMs += 15 * 60_000;
      if (minutes === 45) await admin.signingKeys.withdraw(last);
      const { accessToken } = await begin();
      const { exp } = claimsOf(accessToken);
      expect(kidOf(accessToken)).not.toBe(second);
      const { rows } = await client.query('select retired_at from access.signing_key where id = $1', [kidOf(accessToken)]);
      expect(rows[0].retired_at?.getTime() ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(Number(exp) * 1_000);
    }
    await client.query('delete from access.signing_key');
  });

  it('that are made because there is none are told to the gateways', async () => {
    const told: string[] = [];
    using _ = admin.tokens.onTokenChange((id) => told.push(id));
    await client.query('delete from access.signing_key');
    const { accessToken } = await begin();
    await within(1_000, () => expect.poll(() => told).toContain(kidOf(accessToken)));
  });
});

describe('what has expired', () => {
  it('is forgotten by the hourly sweep, and nothing else', async () => {
    const { accessToken } = await begin();
    value(await admin.tokens.revoke(own, accessToken, ISSUER));
    const { family } = claimsOf(accessToken);
    const left = async (): Promise<number> =>
      (await client.query('select 1 from access.token_family where id = $1 union all select 1 from access.revoked_token', [family])).rows
        .length;
    const sweepAt = async (at: number): Promise<void> => {
      const settings = { databaseUrl: database.url, poolMax: 2, secretKeys: TEST_SECRET_KEYS };
      // A start sweeps at once, and its end waits for that.
      await using _ = await start(settings, { logger: silentLogger, now: () => new Date(at) });
    };
    await sweepAt(nowMs);
    expect(await left()).toBe(2);
    // Ended, but not by every clock.
    await sweepAt(nowMs + 3_601_000);
    expect(await left()).toBe(2);
    await sweepAt(nowMs + 2 * 3_601_000);
    expect(await left()).toBe(1);
    await sweepAt(nowMs + 31 * DAY_MS);
    expect(await left()).toBe(0);
  });
});
