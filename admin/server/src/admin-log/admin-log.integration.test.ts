import { createTestDatabase, silentLogger, TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Admin, start } from '../server.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let admin: Admin;
beforeAll(async () => {
  database = await createTestDatabase();
  admin = await start({ databaseUrl: database.url, poolMax: 4, secretKeys: TEST_SECRET_KEYS }, { logger: silentLogger, actor: 'user_ada' });
});
afterAll(async () => {
  await admin?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

describe('the admin log', () => {
  it('has every change of a key with who made it, before and after', async () => {
    const account = await admin.accounts.create({ slug: 'logged', name: 'Logged' });
    const made = await admin.apiKeys.create(account.id, { name: 'first', mode: 'test', scopes: ['read'] });
    await admin.apiKeys.update(made.id, { scopes: ['read', 'write'] });
    const next = await admin.apiKeys.rotate(made.id, 60_000);
    await admin.apiKeys.revoke(made.id);
    const log = (await admin.adminLog.list({ target: made.id })).toReversed();
    expect(log.map(({ action, actor }) => [action, actor])).toEqual([
      ['api_key.created', 'user_ada'],
      ['api_key.updated', 'user_ada'],
      ['api_key.rotated', 'user_ada'],
      ['api_key.revoked', 'user_ada'],
    ]);
    const [created, updated, rotated, revoked] = log;
    expect([created?.before, created?.after]).toMatchObject([null, { name: 'first', scopes: ['read'], status: 'active' }]);
    expect([updated?.before, updated?.after]).toMatchObject([{ scopes: ['read'] }, { scopes: ['read', 'write'] }]);
    expect([rotated?.before, rotated?.after]).toMatchObject([{ replacedBy: null }, { replacedBy: next.id }]);
    expect([revoked?.before, revoked?.after]).toMatchObject([{ status: 'active' }, { status: 'revoked' }]);
    expect(await admin.adminLog.list({ target: account.id })).toMatchObject([{ action: 'account.created', after: { slug: 'logged' } }]);
    expect(await admin.adminLog.list({ target: next.id })).toMatchObject([{ action: 'api_key.created' }]);
  });

  it('has no entry of what did not happen', async () => {
    await admin.accounts.create({ slug: 'twice', name: 'Twice' });
    const before = (await admin.adminLog.list()).length;
    await expect(admin.accounts.create({ slug: 'twice', name: 'Twice' })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(admin.apiKeys.revoke('key_none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await admin.adminLog.list()).toHaveLength(before);
  });

  it('knows no key, secret, hash or token', async () => {
    const { id } = await admin.accounts.create({ slug: 'secretive', name: 'Secretive' });
    const made = await admin.apiKeys.create(id, { name: 'k', mode: 'live', scopes: ['read'] });
    const again = await admin.apiKeys.regenerate(made.id);
    const { token } = await admin.serviceTokens.issue({ account: id, mode: 'live', subject: 'service:x', permissions: ['graph:read'] });
    const client = await admin.oauthClients.create(id, { name: 'c', mode: 'live', scopes: ['read'] });
    const { clientSecret } = await admin.oauthClients.rotateSecret(client.clientId, 60_000);
    await admin.oauthClients.revoke(client.clientId);
    const signing = await admin.signingKeys.rotate();
    await admin.signingKeys.withdraw(signing.id);
    const entries = await admin.adminLog.list();
    expect(entries.map(({ action }) => action)).toEqual(
      expect.arrayContaining([
        'service_token.issued',
        'oauth_client.created',
        'oauth_client.secret_rotated',
        'oauth_client.revoked',
        'signing_key.rotated',
        'signing_key.withdrawn',
      ]),
    );
    const log = JSON.stringify(entries);
    for (const secret of [
      made.key,
      made.secret,
      again.key,
      again.secret,
      token,
      token.split('.')[2] ?? '',
      client.clientSecret,
      clientSecret,
    ])
      expect(log).not.toContain(secret);
    for (const name of ['keyHash', 'secretSealed', 'privateKey', '"d":']) expect(log).not.toContain(name);
  });
});
