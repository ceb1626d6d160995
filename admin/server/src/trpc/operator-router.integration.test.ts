import { hash } from 'node:crypto';
import { TIERS } from '@portico/contracts/tiers';
import { within } from '@portico/service-kit/testing-stopwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperatorClient } from '../client.ts';
import { openTestSides, PASSWORD, type TestSides } from '../testing/open-test-sides.ts';

let sides: TestSides;
let operator: OperatorClient;
let accountId: string;
beforeAll(async () => {
  sides = await openTestSides();
  operator = (await sides.operator('root@example.com', 'admin')).client;
  accountId = (await operator.accounts.create.mutate({ slug: 'acme', name: 'Acme' })).id;
});
afterAll(() => sides?.[Symbol.asyncDispose]());

const newKey = (more: object = {}) => operator.apiKeys.create.mutate({ accountId, name: 'k', mode: 'live', scopes: ['read'], ...more });
const limitsOf = async (key: string) => (await sides.admin.keySource.findKey(hash('sha256', key)))?.limits;

describe('tiers', () => {
  it('begin with the numbers of the contract', async () => {
    const tiers = Object.fromEntries((await operator.tiers.list.query()).map(({ name, quota, burst }) => [name, { quota, burst }]));
    expect(tiers).toEqual(TIERS);
  });

  it('that change hold for their keys within a second, and not for keys with limits of their own', async () => {
    const own = { limit: 7, windowSeconds: 60 };
    const [plain, special] = [await newKey({ tier: 'free' }), await newKey({ tier: 'free', quota: own })];
    expect(await limitsOf(plain.key)).toEqual(TIERS.free);
    const { promise: told, resolve } = Promise.withResolvers<void>();
    using _ = sides.admin.keySource.onKeyChange((id) => id === '*' && resolve());
    await within(1_000, async () => {
      await operator.tiers.update.mutate({ tier: 'free', quota: { limit: 250, windowSeconds: 3_600 } });
      await told;
    });
    expect(await limitsOf(plain.key)).toEqual({ ...TIERS.free, quota: { limit: 250, windowSeconds: 3_600 } });
    expect((await limitsOf(special.key))?.quota).toEqual(own);
    await expect(operator.tiers.update.mutate({ tier: 'free' })).rejects.toMatchObject({ data: { code: 'VALIDATION_ERROR' } });
  });

  it('say beforehand whom a change concerns: credentials in force that have no such limit of their own', async () => {
    const own = { limit: 7, windowSeconds: 60 };
    const concerned = (...limits: ('quota' | 'burst')[]) => operator.tiers.concerned.query({ tier: 'enterprise', limits });
    const before = await concerned('quota', 'burst');
    const { id } = await operator.accounts.create.mutate({ slug: 'concerned', name: 'Concerned' });
    const given = { accountId: id, name: 'k', mode: 'live' as const, scopes: ['read'], tier: 'enterprise' as const };
    await operator.apiKeys.create.mutate(given);
    await operator.apiKeys.create.mutate({ ...given, quota: own });
    await operator.apiKeys.create.mutate({ ...given, quota: own, burst: own });
    await operator.apiKeys.create.mutate({ ...given, tier: 'free' });
    const revoked = await operator.apiKeys.create.mutate(given);
    await operator.apiKeys.revoke.mutate({ accountId: id, id: revoked.id });
    await operator.oauthClients.create.mutate(given);
    const { accounts, keys, clients, most } = await concerned('quota', 'burst');
    expect([accounts - before.accounts, keys - before.keys, clients - before.clients]).toEqual([1, 2, 1]);
    expect(most).toContainEqual({ id, slug: 'concerned', name: 'Concerned', keys: 2, clients: 1 });
    expect((await concerned('quota')).most).toContainEqual(expect.objectContaining({ id, keys: 1, clients: 1 }));
    expect((await concerned('burst')).most).toContainEqual(expect.objectContaining({ id, keys: 2, clients: 1 }));
  });
});

describe('an operator', () => {
  it('finds accounts by a part of the name, a page at a time, and takes signs of patterns as they are', async () => {
    for (const slug of ['list-a', 'list-b', 'list-c']) await operator.accounts.create.mutate({ slug, name: `List 100% ${slug}` });
    const first = await operator.accounts.list.query({ q: 'LIST', limit: 2 });
    expect(first.map(({ slug }) => slug)).toEqual(['list-a', 'list-b']);
    expect((await operator.accounts.list.query({ q: 'list', limit: 2, after: 'list-b' })).map(({ slug }) => slug)).toEqual(['list-c']);
    expect(await operator.accounts.list.query({ q: '100%' })).toHaveLength(3);
    expect(await operator.accounts.list.query({ q: '_ist' })).toEqual([]);
  });

  it('gives a key limits of its own, and takes them away', async () => {
    const { id, key } = await newKey();
    const burst = { limit: 5, windowSeconds: 1 };
    await operator.apiKeys.update.mutate({ accountId, id, changes: { burst, tier: 'enterprise' } });
    expect(await limitsOf(key)).toEqual({ quota: TIERS.enterprise.quota, burst });
    await operator.apiKeys.update.mutate({ accountId, id, changes: { burst: null } });
    expect(await limitsOf(key)).toEqual(TIERS.enterprise);
  });

  it('changes whose pages may call for an account, and every gateway hears it', async () => {
    const { key } = await newKey();
    const heard: string[] = [];
    using _ = sides.admin.keySource.onKeyChange((id) => heard.push(id));
    await operator.accounts.update.mutate({ accountId, allowedOrigins: ['https://shop.example'] });
    await expect.poll(() => heard).toContain('*');
    expect(await sides.admin.keySource.findKey(hash('sha256', key))).toMatchObject({ allowedOrigins: ['https://shop.example'] });
    expect(await operator.accounts.get.query({ accountId: 'acme' })).toMatchObject({ id: accountId, name: 'Acme' });
  });

  it('comes to every ticket a page at a time, in the order of what happened last, and to the one that waits longest first', async () => {
    const { client: developer } = await sides.developer('queue@example.com');
    const { id: account } = await developer.accounts.create.mutate({ slug: 'queue', name: 'Queue' });
    const open = async (subject: string) => (await developer.tickets.open.mutate({ accountId: account, subject, body: 'How?' })).id;
    const [one, two, three] = [await open('one'), await open('two'), await open('three')];
    await developer.tickets.reply.mutate({ accountId: account, id: one, body: 'And?' });
    const given = { accountId: account, limit: 2 };
    for (const client of [developer, operator]) {
      const first = await client.tickets.list.query(given);
      const rest = await client.tickets.list.query({ ...given, after: first.at(-1) });
      expect([first, rest].map((page) => page.map(({ id }) => id))).toEqual([[one, three], [two]]);
      expect(await client.tickets.list.query({ ...given, after: rest.at(-1) })).toEqual([]);
    }
    const queue = { ...given, status: 'open', order: 'oldest' } as const;
    const waiting = await operator.tickets.list.query(queue);
    const last = await operator.tickets.list.query({ ...queue, after: waiting.at(-1) });
    expect([...waiting, ...last].map(({ id }) => id)).toEqual([two, three, one]);
    await expect(operator.tickets.list.query({ after: { id: one, updatedAt: '0000-01-01T00:00:00.000Z' } })).rejects.toMatchObject({
      data: { code: 'VALIDATION_ERROR' },
    });
  });

  it('answers tickets, which the developer opens again until they are closed for good', async () => {
    const { client: developer } = await sides.developer('asks@example.com');
    const account = await developer.accounts.create.mutate({ slug: 'asks', name: 'Asks' });
    const { id } = await developer.tickets.open.mutate({ accountId: account.id, subject: 'Help', body: 'How?' });
    expect(await operator.tickets.list.query({ status: 'open', accountId: account.id })).toMatchObject([{ id, accountSlug: 'asks' }]);
    expect(await operator.tickets.reply.mutate({ id, body: 'So.' })).toMatchObject({ status: 'answered' });
    expect(await developer.tickets.reply.mutate({ accountId: account.id, id, body: 'Thanks' })).toMatchObject({ status: 'open' });
    await operator.tickets.close.mutate({ id });
    await expect(operator.tickets.reply.mutate({ id, body: 'More' })).rejects.toMatchObject({ data: { code: 'INVALID_STATE' } });
    const { messages, status } = await developer.tickets.get.query({ accountId: account.id, id });
    expect([status, messages.map(({ authorSide, body }) => [authorSide, body])]).toEqual([
      'closed',
      [
        ['developer', 'How?'],
        ['operator', 'So.'],
        ['developer', 'Thanks'],
      ],
    ]);
  });

  it('makes a developer an operator, who keeps the password; not one who has not confirmed the address', async () => {
    await sides.signUp('both@example.com');
    const { password } = await operator.operators.create.mutate({ email: 'both@example.com', role: 'support' });
    expect(password).toBeUndefined();
    const own = { email: 'both@example.com', password: PASSWORD };
    expect(await sides.browser().post('operator', '/sign-in/email', own)).toMatchObject({ status: 200 });
    await expect(operator.operators.create.mutate({ email: 'both@example.com' })).rejects.toMatchObject({ data: { code: 'CONFLICT' } });
    await sides.browser().post('developer', '/sign-up/email', { ...own, email: 'unconfirmed@example.com', name: 'U' });
    await expect(operator.operators.create.mutate({ email: 'unconfirmed@example.com' })).rejects.toMatchObject({
      data: { code: 'INVALID_STATE' },
    });
    const { id } = (await operator.operators.list.query()).find(({ email }) => email === 'both@example.com') ?? { id: '' };
    await operator.operators.changeRole.mutate({ id, role: null });
  });

  it('cannot take the last administrator’s role away; whose role is taken is signed out', async () => {
    const me = await operator.me.get.query();
    await expect(operator.operators.changeRole.mutate({ id: me.id, role: 'support' })).rejects.toMatchObject({
      data: { code: 'INVALID_STATE' },
    });
    const other = await sides.operator('other@example.com', 'support');
    const { id } = await other.client.me.get.query();
    await operator.operators.changeRole.mutate({ id, role: null });
    await expect(other.client.me.get.query()).rejects.toMatchObject({ data: { code: 'AUTHENTICATION_ERROR' } });
    expect((await operator.operators.list.query()).map(({ email }) => email)).toEqual(['root@example.com']);
  });
});

describe('signing keys', () => {
  it('are shown by their public halves, and one that is rotated in signs until it is withdrawn', async () => {
    const { id } = await operator.signingKeys.rotate.mutate({ leadMs: 0 });
    const [newest] = await operator.signingKeys.list.query();
    expect(newest).toMatchObject({ id, retiredAt: null, publicJwk: { kid: id } });
    expect(JSON.stringify(newest)).not.toMatch(/privateKey|"d":/);
    await operator.signingKeys.withdraw.mutate({ id });
    expect((await sides.admin.jwks()).keys.map(({ kid }) => kid)).not.toContain(id);
    const log = await operator.adminLog.list.query({ action: 'signing_key.', target: id });
    expect(log.map(({ action }) => action)).toEqual(['signing_key.withdrawn', 'signing_key.rotated']);
  });
});

describe('the admin log', () => {
  it('has who got in, who failed to and who left, by id alone', async () => {
    const { client, ...own } = await sides.developer('comes@example.com');
    const { id } = await client.me.get.query();
    const other = sides.browser();
    await other.post('developer', '/sign-in/email', { email: 'comes@example.com', password: 'not the password' });
    await other.post('developer', '/sign-in/email', { email: 'nobody-here@example.com', password: 'not the password' });
    await own.post('developer', '/change-password', { currentPassword: PASSWORD, newPassword: 'another long password' });
    await own.post('developer', '/sign-out', {});
    const log = await operator.adminLog.list.query({ action: 'person.', target: id });
    const actions = ['session_ended', 'password_changed', 'sign_in_failed', 'signed_in'].map((name) => `person.${name}`);
    expect(log.map(({ action }) => action)).toEqual(actions);
    expect(await operator.adminLog.list.query({ action: 'person.sign_in_failed', target: 'unknown' })).toHaveLength(1);
    const events = JSON.stringify(await operator.adminLog.list.query({ action: 'person.' }));
    for (const hidden of ['@', 'password"', PASSWORD, 'nobody-here']) expect(events).not.toContain(hidden);
  });
});

describe('what is changed', () => {
  it('is recorded with who did it, what was before and what is after, and never with a secret', async () => {
    const me = await operator.me.get.query();
    sides.recorded.length = 0;
    await operator.tiers.update.mutate({ tier: 'pro', burst: { limit: 200, windowSeconds: 60 } });
    const member = await operator.members.invite.mutate({ accountId, email: 'new@example.com', role: 'viewer' });
    await operator.members.changeRole.mutate({ accountId, id: member.id, role: 'developer' });
    await operator.members.remove.mutate({ accountId, id: member.id });
    const { password } = await operator.operators.create.mutate({ email: 'fresh@example.com', role: 'auditor' });
    expect(sides.recorded).toMatchObject([
      { action: 'tier.updated', target: 'pro', before: { burst: { limit: 100 } }, after: { burst: { limit: 200 } } },
      { action: 'member.invited', target: member.id, before: null, after: { role: 'viewer', accountId } },
      { action: 'member.role_changed', target: member.id, before: { role: 'viewer' }, after: { role: 'developer' } },
      { action: 'member.removed', target: member.id, before: { role: 'developer' }, after: null },
      { action: 'operator.created', before: null, after: { email: 'fresh@example.com', operatorRole: 'auditor' } },
    ]);
    expect(new Set(sides.recorded.map(({ actor }) => actor))).toEqual(new Set([me.id]));
    expect(password).toMatch(/^\S{20}$/);
    expect(JSON.stringify(sides.recorded)).not.toContain(password);
  });

  it('is not recorded when it did not come to be', async () => {
    sides.recorded.length = 0;
    await operator.members.remove.mutate({ accountId, id: 'member_none' }).catch(() => {});
    await operator.operators.create.mutate({ email: 'root@example.com' }).catch(() => {});
    expect(sides.recorded).toEqual([]);
  });
});
