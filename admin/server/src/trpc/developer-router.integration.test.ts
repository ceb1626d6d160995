import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeveloperClient } from '../client.ts';
import { openTestSides, type TestSides } from '../testing/open-test-sides.ts';

let sides: TestSides;
let ada: DeveloperClient;
let eve: DeveloperClient;
let accountId: string;
let evesAccountId: string;
beforeAll(async () => {
  sides = await openTestSides();
  ada = (await sides.developer('ada@example.com')).client;
  eve = (await sides.developer('eve@example.com')).client;
  accountId = (await ada.accounts.create.mutate({ slug: 'ada', name: "Ada's shop" })).id;
  evesAccountId = (await eve.accounts.create.mutate({ slug: 'eve', name: 'Eve' })).id;
});
afterAll(() => sides?.[Symbol.asyncDispose]());

const DAY = new Date().toISOString().slice(0, 10);
const newClient = () => ada.oauthClients.create.mutate({ accountId, name: 'c', mode: 'test', scopes: ['orders:read'] });
const find = (key: string) => sides.admin.keySource.findKey(hash('sha256', key));
const newKey = (more: object = {}) => ada.apiKeys.create.mutate({ accountId, name: 'k', mode: 'test', scopes: ['orders:read'], ...more });

describe('a developer', () => {
  it('who signed up and confirmed the address owns the account that he opens, and makes keys that work', async () => {
    expect(await ada.me.get.query()).toMatchObject({ email: 'ada@example.com', accounts: [{ id: accountId, slug: 'ada', role: 'owner' }] });
    const { id, key, secret } = await newKey();
    expect(await find(key)).toMatchObject({ id, accountId, tier: 'pro', signingSecret: secret, scopes: ['orders:read'] });
  });

  it('sees a key’s secret once: no later answer has it, or what it could be made from', async () => {
    const { id, key, secret } = await newKey();
    const later = JSON.stringify([await ada.apiKeys.get.query({ accountId, id }), await ada.apiKeys.list.query({ accountId })]);
    for (const hidden of [key, secret, 'keyHash', 'secretSealed', hash('sha256', key)]) expect(later).not.toContain(hidden);
  });

  it('changes, rotates, regenerates and revokes keys', async () => {
    const { id, key } = await newKey();
    const changes = { name: 'renamed', scopes: ['products:read'], allowedAddresses: ['203.0.113.0/24', '2001:db8::/32'] };
    expect(await ada.apiKeys.update.mutate({ accountId, id, changes })).toMatchObject(changes);
    expect(await find(key)).toMatchObject({ allowedAddresses: changes.allowedAddresses, signatures: ['sha256', 'v2'] });
    const rotated = await ada.apiKeys.rotate.mutate({ accountId, id, overlapMs: 60_000 });
    expect([(await find(key))?.status, (await find(rotated.key))?.status]).toEqual(['active', 'active']);
    const next = await ada.apiKeys.regenerate.mutate({ accountId, id: rotated.id });
    expect([(await find(rotated.key))?.status, (await find(next.key))?.scopes]).toEqual(['revoked', ['products:read']]);
    expect(await ada.apiKeys.revoke.mutate({ accountId, id: next.id })).toMatchObject({ status: 'revoked' });
  });

  it('cannot give himself a tier or limits', async () => {
    const limits = { tier: 'enterprise', quota: { limit: 1_000_000, windowSeconds: 1 } } as const;
    const { id, key } = await newKey(limits);
    await ada.apiKeys.update.mutate({ accountId, id, changes: { name: 'x', ...limits } });
    expect(await find(key)).toMatchObject({ tier: 'pro', limits: { quota: { limit: 10_000, windowSeconds: 3_600 } } });
  });

  it('owns at most twenty accounts, and what is one too many leaves nothing behind', async () => {
    const { client } = await sides.developer('many@example.com');
    for (let i = 0; i < 20; i += 1) await client.accounts.create.mutate({ slug: `many-${i}`, name: 'M' });
    await expect(client.accounts.create.mutate({ slug: 'many-20', name: 'M' })).rejects.toMatchObject({ data: { code: 'INVALID_STATE' } });
    await expect(sides.admin.accounts.find('many-20')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('finds nothing of another account, by its id or under the own one', async () => {
    const { id } = await newKey();
    const { clientId } = await newClient();
    const [ticket, [member]] = [
      await ada.tickets.open.mutate({ accountId, subject: 's', body: 'b' }),
      await ada.members.list.query({ accountId }),
    ];
    const before = await ada.apiKeys.get.query({ accountId, id });
    for (const account of [accountId, evesAccountId]) {
      const key = { accountId: account, id };
      const tries: Record<string, () => Promise<unknown>> = {
        get: () => eve.apiKeys.get.query(key),
        update: () => eve.apiKeys.update.mutate({ ...key, changes: { name: 'stolen' } }),
        revoke: () => eve.apiKeys.revoke.mutate(key),
        regenerate: () => eve.apiKeys.regenerate.mutate(key),
        rotate: () => eve.apiKeys.rotate.mutate({ ...key, overlapMs: 1 }),
        keyUsage: () => eve.apiKeys.usage.query({ ...key, from: DAY, to: DAY }),
        revokeClient: () => eve.oauthClients.revoke.mutate({ accountId: account, id: clientId }),
        client: () => eve.oauthClients.get.query({ accountId: account, id: clientId }),
        updateClient: () => eve.oauthClients.update.mutate({ accountId: account, id: clientId, changes: { name: 'stolen' } }),
        rotateSecret: () => eve.oauthClients.rotateSecret.mutate({ accountId: account, id: clientId, overlapMs: 1 }),
        ticket: () => eve.tickets.get.query({ accountId: account, id: ticket.id }),
        reply: () => eve.tickets.reply.mutate({ accountId: account, id: ticket.id, body: 'x' }),
        close: () => eve.tickets.close.mutate({ accountId: account, id: ticket.id }),
        role: () => eve.members.changeRole.mutate({ accountId: account, id: member?.id ?? '', role: 'viewer' }),
        remove: () => eve.members.remove.mutate({ accountId: account, id: member?.id ?? '' }),
      };
      for (const [name, attempt] of Object.entries(tries)) {
        const answer = await attempt().catch(({ data }) => data.code);
        expect([name, answer]).toEqual([name, 'NOT_FOUND']);
      }
    }
    expect(await ada.apiKeys.get.query({ accountId, id })).toEqual(before);
  });
});

describe('an OAuth client', () => {
  it('gets a token by either secret while a rotation overlaps, and none once it is revoked', async () => {
    const { clientId, clientSecret } = await newClient();
    const rotated = await ada.oauthClients.rotateSecret.mutate({ accountId, id: clientId, overlapMs: 60_000 });
    const ask = async (clientSecret: string) => {
      const grant = { kind: 'client_credentials', scopes: undefined } as const;
      return (await sides.admin.tokens.issue({ clientId, clientSecret }, grant, sides.urls.developer)).kind;
    };
    expect([await ask(clientSecret), await ask(rotated.clientSecret)]).toEqual(['granted', 'granted']);
    expect(await ada.oauthClients.revoke.mutate({ accountId, id: clientId })).toMatchObject({ status: 'revoked' });
    expect(await ask(rotated.clientSecret)).toBe('refused');
  });

  it('is changed with a record of it, and gives itself no tier or limits; a revoked one stays as it is', async () => {
    const { clientId: id } = await newClient();
    const limits = { tier: 'enterprise', quota: { limit: 1_000_000, windowSeconds: 1 } } as const;
    const changed = await ada.oauthClients.update.mutate({ accountId, id, changes: { name: 'renamed', scopes: ['read'], ...limits } });
    expect(changed).toMatchObject({ name: 'renamed', scopes: ['read'], tier: 'pro', quota: null });
    expect(await ada.oauthClients.get.query({ accountId, id })).toEqual(changed);
    const [entry] = await ada.adminLog.list.query({ accountId, target: id, action: 'oauth_client.updated' });
    expect([entry?.before, entry?.after]).toMatchObject([
      { name: 'c', scopes: ['orders:read'] },
      { name: 'renamed', scopes: ['read'] },
    ]);
    const { client: support } = await sides.operator('limits@op.example.com', 'support');
    expect(await support.oauthClients.update.mutate({ accountId, id, changes: limits })).toMatchObject({ name: 'renamed', ...limits });
    expect(await sides.admin.tokens.findClient(id)).toMatchObject({ tier: 'enterprise', limits: { quota: limits.quota } });
    await ada.oauthClients.revoke.mutate({ accountId, id });
    const change = ada.oauthClients.update.mutate({ accountId, id, changes: { name: 'again' } });
    await expect(change).rejects.toMatchObject({ data: { code: 'INVALID_STATE' } });
  });

  it('shows its secret once: no later answer and no log has it, or the hash of it', async () => {
    const { clientId, clientSecret } = await newClient();
    const rotated = await ada.oauthClients.rotateSecret.mutate({ accountId, id: clientId, overlapMs: 60_000 });
    const log = await ada.adminLog.list.query({ accountId, target: clientId });
    expect(log.map(({ action }) => action)).toEqual(['oauth_client.secret_rotated', 'oauth_client.created']);
    const later = JSON.stringify([log, await ada.oauthClients.list.query({ accountId }), sides.recorded]);
    for (const secret of [clientSecret, rotated.clientSecret, hash('sha256', clientSecret), 'secretHash'])
      expect(later).not.toContain(secret);
  });
});

describe('what an account did', () => {
  it('is counted for its members alone, and its latest requests are told a page at a time', async () => {
    const { id } = await newKey();
    const at = Date.now();
    const entry = {
      mode: 'test',
      actor: id,
      method: 'GET',
      operation: 'listOrders',
      path: '/api/v1/orders',
      query: '',
      userAgent: null,
    } as const;
    for (let i = 0; i < 5; i += 1) {
      const outcome = i < 2 ? { status: 429, errorCode: 'RATE_LIMIT_EXCEEDED' as const } : { status: 200, errorCode: null };
      sides.admin.audit.record({
        ...entry,
        ...outcome,
        at: at + (i % 2),
        requestId: `req_${i}`,
        accountId,
        durationMs: 8,
        address: '127.0.0.1',
      });
    }
    await sides.admin.audit.flush();
    const days = { accountId, from: new Date(at).toISOString().slice(0, 10), to: new Date(at + 1).toISOString().slice(0, 10) };
    await expect
      .poll(async () => {
        await sides.admin.usage.rollUp();
        return ada.apiKeys.usage.query({ ...days, id });
      })
      .toMatchObject([{ requests: 5, errors: 2 }]);
    const range = { ...days, keyId: id };
    expect(await ada.usage.requestsPerDay.query({ ...range, mode: 'live' })).toEqual([]);
    expect(await ada.usage.errorsByCode.query(range)).toEqual([{ code: 'RATE_LIMIT_EXCEEDED', requests: 2 }]);
    expect(await ada.usage.latency.query({ ...range, by: 'route' })).toMatchObject([{ name: 'listOrders', requests: 5 }]);
    expect((await ada.usage.violations.query(range)).map(({ requestId }) => requestId)).toEqual(['req_1', 'req_0']);
    const first = await ada.requestLog.list.query({ accountId, limit: 3 });
    const rest = await ada.requestLog.list.query({ accountId, limit: 3, after: first.at(-1) });
    expect([...first, ...rest].map(({ requestId }) => requestId)).toEqual(['req_3', 'req_1', 'req_4', 'req_2', 'req_0']);
    const { client: auditor } = await sides.operator('auditor@op.example.com', 'auditor');
    expect(await auditor.usage.violationsByKey.query(days)).toEqual([{ accountId, accountSlug: 'ada', keyId: id, requests: 2 }]);
    expect(await auditor.usage.errorsByCode.query(range)).toEqual([{ code: 'RATE_LIMIT_EXCEEDED', requests: 2 }]);
    const evesDays = { ...days, accountId: evesAccountId };
    expect([await eve.usage.requestsPerDay.query(evesDays), await eve.requestLog.list.query(evesDays)]).toEqual([[], []]);
  });

  it('is counted over at most 366 days', async () => {
    const long = { accountId, from: '2024-01-01', to: '2025-01-01' };
    await expect(ada.usage.requestsPerDay.query(long)).rejects.toMatchObject({ data: { code: 'VALIDATION_ERROR' } });
    expect(await ada.usage.requestsPerDay.query({ ...long, to: '2024-12-31' })).toEqual([]);
  });

  it('is in its log with who did it, members who are gone too, and nothing of another account', async () => {
    const { client } = await sides.developer('logs@example.com');
    const [me, { id }] = [await client.me.get.query(), await client.accounts.create.mutate({ slug: 'logs', name: 'Logs' })];
    const member = await client.members.invite.mutate({ accountId: id, email: 'gone@example.com', role: 'viewer' });
    await client.members.remove.mutate({ accountId: id, id: member.id });
    const log = await client.adminLog.list.query({ accountId: id });
    expect(log.map(({ actor }) => actor)).toEqual(log.map(() => me.id));
    expect(log.map(({ action }) => action).sort()).toEqual(['account.created', 'member.founded', 'member.invited', 'member.removed']);
    const first = await client.adminLog.list.query({ accountId: id, limit: 1 });
    expect(await client.adminLog.list.query({ accountId: id, after: first.at(-1)?.id ?? '' })).toEqual(log.slice(1));
    expect(await eve.adminLog.list.query({ accountId: evesAccountId, target: member.id })).toEqual([]);
  });
});

describe('members', () => {
  it('who are invited are told, and are members once they have confirmed the address', async () => {
    const invited = await ada.members.invite.mutate({ accountId, email: 'Bob@Example.com', role: 'viewer' });
    expect(invited).toMatchObject({ email: 'bob@example.com', status: 'invited' });
    await expect.poll(async () => (await sides.letters('bob@example.com'))[0]?.text).toContain("Ada's shop");
    await expect(ada.members.invite.mutate({ accountId, email: 'bob@example.com', role: 'owner' })).rejects.toMatchObject({
      data: { code: 'CONFLICT' },
    });
    await sides.browser().post('developer', '/sign-up/email', { email: 'bob@example.com', password: 'unconfirmed password', name: 'B' });
    expect(await ada.members.list.query({ accountId })).toContainEqual(expect.objectContaining({ id: invited.id, status: 'invited' }));
    await expect.poll(async () => (await sides.letters('bob@example.com')).length).toBe(2);
    const token = /token=(\S+)/.exec((await sides.letters('bob@example.com'))[1]?.text ?? '')?.[1];
    await fetch(`${sides.urls.developer}/portal/api/auth/verify-email?token=${token}`);
    expect(await ada.members.list.query({ accountId })).toContainEqual(expect.objectContaining({ id: invited.id, status: 'active' }));
  });

  it('are members too when an operator vouches for the address that was invited', async () => {
    const invited = await ada.members.invite.mutate({ accountId, email: 'vouched@example.com', role: 'viewer' });
    await sides.admin.operators.create({ email: 'vouched@example.com', role: 'support' });
    expect(await ada.members.list.query({ accountId })).toContainEqual(expect.objectContaining({ id: invited.id, status: 'active' }));
  });

  it('are at most a hundred, invitations included', async () => {
    const { client } = await sides.developer('crowd@example.com');
    const { id } = await client.accounts.create.mutate({ slug: 'crowd', name: 'Crowd' });
    for (let i = 1; i < 100; i += 1) await client.members.invite.mutate({ accountId: id, email: `c${i}@example.com`, role: 'viewer' });
    await expect(client.members.invite.mutate({ accountId: id, email: 'c100@example.com', role: 'viewer' })).rejects.toMatchObject({
      data: { code: 'INVALID_STATE' },
    });
  });

  it('always have an owner among them, even when two leave at the same time', async () => {
    const { client: second } = await sides.developer('second@example.com');
    const { id } = await second.accounts.create.mutate({ slug: 'pair', name: 'Pair' });
    const [own] = await second.members.list.query({ accountId: id });
    const other = await second.members.invite.mutate({ accountId: id, email: 'eve@example.com', role: 'owner' });
    const left = await Promise.allSettled([
      second.members.remove.mutate({ accountId: id, id: other.id }),
      eve.members.changeRole.mutate({ accountId: id, id: own?.id ?? '', role: 'viewer' }),
    ]);
    expect(left.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const members = (await Promise.allSettled([second.members.list.query({ accountId: id }), eve.members.list.query({ accountId: id })]))
      .filter((one) => one.status === 'fulfilled')
      .at(0)?.value;
    expect(members?.filter(({ role }) => role === 'owner')).toHaveLength(1);
  });
});
