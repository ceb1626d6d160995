// What people send who click twice, paste anything, or try what is not offered: each is told a code of the catalogue, and nobody reads 500.
import { request } from 'node:http';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS_MAX } from '../api-keys/create-api-key.ts';
import type { DeveloperClient } from '../client.ts';
import { CLIENTS_MAX } from '../oauth-clients/create-client.ts';
import type { Browser } from '../testing/browser.ts';
import { openTestSides, type TestSides } from '../testing/open-test-sides.ts';
import { MESSAGES_MAX } from '../tickets/tickets.ts';

const NUL = 'a\u0000b';
const KEY = { name: 'k', mode: 'test' as const, scopes: ['orders:read'] };

let sides: TestSides;
let ada: Browser & { client: DeveloperClient };
let client: DeveloperClient;
let accountId: string;
beforeAll(async () => {
  sides = await openTestSides();
  ada = await sides.developer('ada@example.com');
  client = ada.client;
  accountId = (await client.accounts.create.mutate({ slug: 'ada', name: 'Ada' })).id;
});
afterAll(() => sides?.[Symbol.asyncDispose]());

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'OK',
    ({ data }) => data.code,
  );
/** What each of eight at once was told, sorted. */
const atOnce = async (call: () => Promise<unknown>): Promise<string[]> =>
  (await Promise.all(Array.from({ length: 8 }, () => codeOf(call())))).sort();
const eight = (code: string): string[] => Array.from({ length: 8 }, () => code);
const oneOkOthers = (code: string): string[] => [...eight(code).slice(1), 'OK'].sort();

describe('the same click eight times at once', () => {
  it('makes one successor of a key, and one end', async () => {
    const { id } = await client.apiKeys.create.mutate({ accountId, ...KEY });
    expect(await atOnce(() => client.apiKeys.update.mutate({ accountId, id, changes: { name: 'x' } }))).toEqual(eight('OK'));
    const before = (await client.apiKeys.list.query({ accountId })).length;
    expect(await atOnce(() => client.apiKeys.rotate.mutate({ accountId, id, overlapMs: 60_000 }))).toEqual(oneOkOthers('INVALID_STATE'));
    expect(await client.apiKeys.list.query({ accountId })).toHaveLength(before + 1);
    expect(await atOnce(() => client.apiKeys.revoke.mutate({ accountId, id }))).toEqual(eight('OK'));
  });

  it('changes a client and a member without an error of ours', async () => {
    const { clientId: id } = await client.oauthClients.create.mutate({ accountId, ...KEY });
    expect(await atOnce(() => client.oauthClients.rotateSecret.mutate({ accountId, id, overlapMs: 60_000 }))).toEqual(eight('OK'));
    expect(await atOnce(() => client.oauthClients.revoke.mutate({ accountId, id }))).toEqual(eight('OK'));
    const member = await client.members.invite.mutate({ accountId, email: 'bob@example.com', role: 'viewer' });
    const change = { accountId, id: member.id };
    expect(await atOnce(() => client.members.changeRole.mutate({ ...change, role: 'developer' }))).toEqual(eight('OK'));
    expect(await atOnce(() => client.members.remove.mutate(change))).toEqual(oneOkOthers('NOT_FOUND'));
    const removed = await client.adminLog.list.query({ accountId, target: member.id, action: 'member.removed' });
    expect(removed).toHaveLength(1);
  });
});

describe('a key that was revoked', () => {
  it('has no successor: whoever ended it meant it', async () => {
    const { id } = await client.apiKeys.create.mutate({ accountId, ...KEY });
    await client.apiKeys.revoke.mutate({ accountId, id });
    expect(await codeOf(client.apiKeys.regenerate.mutate({ accountId, id }))).toBe('INVALID_STATE');
    expect(await codeOf(client.apiKeys.rotate.mutate({ accountId, id, overlapMs: 1 }))).toBe('INVALID_STATE');
  });
});

describe('an account', () => {
  it(`has at most ${KEYS_MAX} keys and ${CLIENTS_MAX} clients in force, however many are asked for at once; revoked ones do not count`, async () => {
    const { id } = await client.accounts.create.mutate({ slug: 'crowded', name: 'Crowded' });
    const nearly = Array.from({ length: KEYS_MAX - 1 }, () => sides.admin.apiKeys.create(id, KEY));
    const [{ id: keyId } = { id: '' }, { id: other } = { id: '' }] = await Promise.all(nearly);
    expect(await atOnce(() => client.apiKeys.create.mutate({ accountId: id, ...KEY }))).toEqual(oneOkOthers('INVALID_STATE'));
    expect(await codeOf(client.apiKeys.regenerate.mutate({ accountId: id, id: other }))).toBe('OK');
    await client.apiKeys.revoke.mutate({ accountId: id, id: keyId });
    expect(await codeOf(client.apiKeys.create.mutate({ accountId: id, ...KEY }))).toBe('OK');
    await Promise.all(Array.from({ length: CLIENTS_MAX - 1 }, () => sides.admin.oauthClients.create(id, KEY)));
    expect(await atOnce(() => client.oauthClients.create.mutate({ accountId: id, ...KEY }))).toEqual(oneOkOthers('INVALID_STATE'));
  });

  it('that has all its keys can rotate them with an overlap, and has as many more for as long as the old ones last', async () => {
    const { id } = await client.accounts.create.mutate({ slug: 'full', name: 'Full' });
    const [first] = await Promise.all(Array.from({ length: KEYS_MAX }, () => sides.admin.apiKeys.create(id, KEY)));
    let last = first?.id ?? '';
    const rotate = () => client.apiKeys.rotate.mutate({ accountId: id, id: last, overlapMs: 3_600_000 });
    for (let times = 0; times < KEYS_MAX; times += 1) last = (await rotate()).id;
    expect(await codeOf(rotate())).toBe('INVALID_STATE');
    expect(await codeOf(client.apiKeys.create.mutate({ accountId: id, ...KEY }))).toBe('INVALID_STATE');
    await client.apiKeys.revoke.mutate({ accountId: id, id: first?.id ?? '' });
    expect(await codeOf(rotate())).toBe('OK');
  });

  it('has at most 100 members, and a person 20 accounts, however many are asked for at once', async () => {
    const { id } = await client.accounts.create.mutate({ slug: 'social', name: 'Social' });
    const invite = (name: string) => client.members.invite.mutate({ accountId: id, email: `${name}@example.com`, role: 'viewer' });
    for (let i = 2; i < 100; i += 1) await invite(`m${i}`);
    let i = 0;
    expect(await atOnce(() => invite(`one-more-${i++}`))).toEqual(oneOkOthers('INVALID_STATE'));
    const owner = (await sides.developer('owner-of-many@example.com')).client;
    const open = () => owner.accounts.create.mutate({ slug: `many-${i++}`, name: 'Many' });
    for (let accounts = 1; accounts < 20; accounts += 1) await open();
    expect(await atOnce(open)).toEqual(oneOkOthers('INVALID_STATE'));
  });

  it('is no means to write to strangers: who was removed was written to', async () => {
    const { id } = await client.accounts.create.mutate({ slug: 'writer', name: 'Buy at example.com' });
    const invite = (i: number) => client.members.invite.mutate({ accountId: id, email: `stranger-${i}@example.com`, role: 'viewer' });
    for (let i = 0; i < 100; i += 1) await client.members.remove.mutate({ accountId: id, id: (await invite(i)).id });
    expect(await codeOf(invite(100))).toBe('RATE_LIMIT_EXCEEDED');
  });

  it('that is changed by several at once is as the last entry of its log says', async () => {
    const { id } = await client.accounts.create.mutate({ slug: 'changed', name: 'n' });
    await Promise.all(Array.from({ length: 6 }, (_, n) => client.accounts.update.mutate({ accountId: id, name: `n${n}` })));
    const log = await client.adminLog.list.query({ accountId: id, action: 'account.updated' });
    const links = new Map(log.map(({ before, after }) => [before?.name, after?.name]));
    let name: unknown = 'n';
    for (let steps = 0; steps < log.length; steps += 1) name = links.get(name);
    expect((await client.accounts.get.query({ accountId: id })).name).toBe(name);
  });

  it('allows origins as browsers send them, and says of anything else that it would never match', async () => {
    for (const origin of [
      'https://shop.example/',
      'https://shop.example/path',
      'https://u:p@shop.example',
      'https://*.shop.example',
      'null',
    ])
      expect([origin, await codeOf(client.accounts.update.mutate({ accountId, allowedOrigins: [origin] }))]).toEqual([
        origin,
        'VALIDATION_ERROR',
      ]);
    expect(await client.accounts.update.mutate({ accountId, allowedOrigins: ['https://shop.example'] })).toMatchObject({
      allowedOrigins: ['https://shop.example'],
    });
  });
});

describe('what PostgreSQL has not', () => {
  it('is a mistake of the caller as a time, as half a character, and as no text at all', async () => {
    const YEAR_0 = '0000-01-01T00:00:00.000Z';
    const half = 'a\ud800';
    const codes = [
      await codeOf(client.usage.requestsPerDay.query({ accountId, from: '0000-01-01', to: '0000-01-02' })),
      await codeOf(client.adminLog.list.query({ accountId, from: YEAR_0 })),
      await codeOf(client.requestLog.list.query({ accountId, after: { at: YEAR_0, requestId: 'x' } })),
      await codeOf(client.accounts.update.mutate({ accountId, name: half })),
      await codeOf(client.apiKeys.create.mutate({ accountId, ...KEY, name: half })),
      await codeOf(client.tickets.open.mutate({ accountId, subject: half, body: half })),
      await codeOf(client.apiKeys.create.mutate({ accountId, ...KEY, signatures: Array.from({ length: 1_000 }, () => 'v2' as const) })),
      await codeOf(client.apiKeys.create.mutate({ accountId, ...KEY, allowedAddresses: [`fe80::1%${'z'.repeat(1_000)}`] })),
    ];
    expect(codes).toEqual(codes.map(() => 'VALIDATION_ERROR'));
    const odd = JSON.stringify({ accountId: { toString: 1, valueOf: 1 }, mode: 'live', id: 'x' });
    const headers = { 'content-type': 'application/json' };
    const url = `${sides.urls.developer}/portal/api/trpc/endpoints.pause`;
    expect((await ada.fetch(url, { method: 'POST', headers, body: odd })).status).toBe(404);
  });
});

describe('text that PostgreSQL has not', () => {
  it('is a mistake of the caller, wherever it comes', async () => {
    const codes = [
      await codeOf(client.apiKeys.get.query({ accountId, id: NUL })),
      await codeOf(client.accounts.get.query({ accountId: NUL })),
      await codeOf(client.apiKeys.create.mutate({ accountId, ...KEY, name: NUL })),
      await codeOf(client.accounts.create.mutate({ slug: 'nul', name: NUL })),
      await codeOf(client.tickets.open.mutate({ accountId, subject: NUL, body: NUL })),
      await codeOf(client.usage.requestsPerDay.query({ accountId, from: '2026-01-01', to: '2026-01-02', keyId: NUL })),
      await codeOf(client.adminLog.list.query({ accountId, target: NUL })),
    ];
    expect(codes).toEqual(codes.map(() => 'VALIDATION_ERROR'));
    const given = { email: `${NUL}@example.com`, password: 'a long enough password' };
    expect(await sides.browser().post('developer', '/sign-in/email', given)).toMatchObject({ status: 400 });
  });
});

describe('a text that is shown in one line', () => {
  const CONTROLS = ['a\nb', 'a\u001b[2Jb', 'a\u009b2Jb', 'a\u007fb', 'a\u202eb', 'a\u202ab', 'a\u2066b', 'a\u2069b'];
  it.each(CONTROLS)('has no characters that terminals act on or that turn what stands beside them: %j', async (text) => {
    const codes = [
      await codeOf(client.apiKeys.create.mutate({ accountId, ...KEY, name: text })),
      await codeOf(client.oauthClients.create.mutate({ accountId, ...KEY, name: text })),
      await codeOf(client.accounts.update.mutate({ accountId, name: text })),
      await codeOf(client.tickets.open.mutate({ accountId, subject: text, body: 'Help.' })),
    ];
    expect(codes).toEqual(codes.map(() => 'VALIDATION_ERROR'));
  });

  it('may be in any script; and the words of a ticket have lines', async () => {
    expect(await codeOf(client.apiKeys.create.mutate({ accountId, ...KEY, name: 'Größe 鍵 مفتاح 👩‍💻' }))).toBe('OK');
    expect(await codeOf(client.tickets.open.mutate({ accountId, subject: 'Größe', body: 'One\r\n\ttwo' }))).toBe('OK');
    expect(await codeOf(client.tickets.open.mutate({ accountId, subject: 'Escape', body: 'a\u001b[2Jb' }))).toBe('VALIDATION_ERROR');
  });
});

describe('calls that find no connection', () => {
  it('are told to come again: before it is known who asks, too', async () => {
    const blocker = new pg.Client({ connectionString: sides.databaseUrl });
    await blocker.connect();
    try {
      await blocker.query('begin');
      await blocker.query('lock table access.member in access exclusive mode');
      expect(await atOnce(() => client.me.get.query())).toEqual(eight('SERVICE_UNAVAILABLE'));
    } finally {
      await blocker.end();
    }
  }, 60_000);
});

describe('over HTTP', () => {
  const rawGet = (path: string, headers: Record<string, string>) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      const sent = request(`${sides.urls.developer}/portal/api${path}`, { headers }, (answer) => resolve(answer.resume().headers));
      sent.on('error', reject).end();
    });

  it('many calls in one request are refused: limits and logs count requests', async () => {
    const many = Array.from({ length: 50 }, () => 'me.get').join(',');
    expect((await ada.fetch(`${sides.urls.developer}/portal/api/trpc/${many}?batch=1`)).status).toBe(400);
  });

  it('a request id may be a UUID or one of ours, and nothing else', async () => {
    for (const [given, kept] of [
      ['0190a2b4-7c1d-7e3f-8a5b-6c7d8e9f0a1b', true],
      ['req_01m7yjg8stfd1t1qqgb2tv3kh6', true],
      ['anything', false],
    ] as const)
      expect([given, (await rawGet('/trpc/me.get', { 'x-request-id': given }))['x-request-id'] === given]).toEqual([given, kept]);
  });

  it('who tried too often is told when to come again', async () => {
    await using strict = await openTestSides({ triesPerMinute: 1 });
    const attempt = () =>
      fetch(`${strict.urls.developer}/portal/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'guess@example.com', password: 'one guess of many' }),
      });
    const [first, second] = [await attempt(), await attempt()];
    expect([first.status, first.headers.get('retry-after'), second.status]).toEqual([401, null, 429]);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(second.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });
});

describe('what somebody has made a great deal of', () => {
  const run = async (text: string, values: unknown[]): Promise<void> => {
    const database = new pg.Client(sides.databaseUrl);
    await database.connect();
    await database.query(text, values).finally(() => database.end());
  };

  it('is a list with all keys and clients in force, and the latest 200 that have ended', async () => {
    const { id } = await client.accounts.create.mutate({ slug: 'busy', name: 'Busy' });
    const inForce = await client.apiKeys.create.mutate({ accountId: id, ...KEY });
    const { clientId } = await client.oauthClients.create.mutate({ accountId: id, ...KEY });
    await run(
      `insert into access.api_key (id, account_id, mode, name, key_hash, key_hint, secret_sealed, scopes, tier, signatures, allowed_addresses,
         status, created_at, expires_at)
       select 'key_' || n, $1, 'test', 'k' || n, 'hash' || n, 'hint', 'sealed', '[]', 'pro', '[]', '[]',
         case when n % 2 = 0 then 'revoked' else 'active' end, now() + n * interval '1 second', now() - interval '1 second'
       from generate_series(1, 300) n`,
      [id],
    );
    await run(
      `insert into access.oauth_client (id, account_id, mode, name, secret_hash, secret_hint, scopes, tier, status, created_at)
       select 'client_' || n, $1, 'test', 'c' || n, 'hash', 'hint', '[]', 'pro', 'revoked', now() + n * interval '1 second'
       from generate_series(1, 300) n`,
      [id],
    );
    const latest = Array.from({ length: 200 }, (_, i) => 300 - i);
    const keys = await client.apiKeys.list.query({ accountId: id });
    expect(keys.map((key) => key.id)).toEqual([...latest.map((n) => `key_${n}`), inForce.id]);
    const clients = await client.oauthClients.list.query({ accountId: id });
    expect(clients.map((one) => one.id)).toEqual([...latest.map((n) => `client_${n}`), clientId]);
  });

  it('is a ticket that takes no more messages of developers than operators can read', async () => {
    const { id } = await client.tickets.open.mutate({ accountId, subject: 's', body: 'b' });
    await run(
      `insert into access.ticket_message (id, ticket_id, author_side, author_name, body, created_at)
       select 'message_' || n, $1, 'developer', 'Ada', 'again', now() from generate_series(1, $2) n`,
      [id, MESSAGES_MAX - 4],
    );
    const statuses = await atOnce(() => client.tickets.reply.mutate({ accountId, id, body: 'again' }));
    expect(statuses).toEqual([...eight('INVALID_STATE').slice(3), ...eight('OK').slice(5)]);
    expect((await client.tickets.get.query({ accountId, id })).messages).toHaveLength(MESSAGES_MAX);
    const support = (await sides.operator('support@op.example.com', 'support')).client;
    expect(await support.tickets.reply.mutate({ id, body: 'Enough.' })).toMatchObject({ status: 'answered' });
  });
});
