import type { RequestAudit } from '@portico/contracts/audit';
import { newId } from '@portico/contracts/ids';
import { createTestDatabase, silentLogger, TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Admin, start } from '../server.ts';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const DAY_MS = 86_400_000;

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let admin: Admin;
let client: pg.Client;
let sent = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  admin = await startAdmin();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await admin?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

function startAdmin(now = () => new Date(NOON)): Promise<Admin> {
  return start(
    { databaseUrl: database.url, poolMax: 4, secretKeys: TEST_SECRET_KEYS, auditRetentionDays: 90 },
    { logger: silentLogger, now },
  );
}

function entry(given: Partial<RequestAudit> = {}): RequestAudit {
  sent += 1;
  return {
    at: NOON + sent,
    requestId: `req_${sent}`,
    accountId: 'acct_1',
    mode: 'test',
    actor: 'key_1',
    method: 'GET',
    operation: 'listOrders',
    path: '/api/v1/orders',
    query: 'page=2&q=***',
    status: 200,
    errorCode: null,
    durationMs: 1.25,
    address: '127.0.0.1',
    userAgent: 'curl/8.14.1',
    ...given,
  };
}

async function rows(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await client.query(sql, values)).rows;
}

const partitions = async (): Promise<string[]> =>
  (
    await rows(
      `select relname from pg_inherits join pg_class on oid = inhrelid where inhparent = 'access.request_log'::regclass order by 1`,
    )
  ).map(({ relname }) => String(relname));

/** Other databases' transactions hold the roll-up back for a moment: asked until it has counted what is there. */
async function rollUpUntil(sql: string, expected: unknown): Promise<void> {
  await expect
    .poll(async () => {
      await admin.usage.rollUp();
      return rows(sql);
    })
    .toEqual(expected);
}

describe('the request log', () => {
  it('keeps every record as it was given, more than a batch of them, on the day it is of', async () => {
    const account = newId('account');
    const first = entry({ accountId: account, errorCode: 'NOT_FOUND', status: 404, userAgent: `"quotes', \\ and ünïcode` });
    admin.audit.record(first);
    for (let i = 0; i < 2_500; i += 1) admin.audit.record(entry({ accountId: account, at: NOON + (i % 2) * DAY_MS }));
    await admin.audit.flush();
    const counted = await rows(
      `select (at at time zone 'UTC')::date::text as day, tableoid::regclass::text as kept_in, count(*)::int
       from access.request_log where account_id = $1 group by 1, 2 order by 1`,
      [account],
    );
    expect(counted).toEqual([
      { day: '2026-11-20', kept_in: 'access.request_log_20261120', count: 1_251 },
      { day: '2026-11-21', kept_in: 'access.request_log_20261121', count: 1_250 },
    ]);
    const [kept] = await rows('select * from access.request_log where request_id = $1', [first.requestId]);
    expect(kept).toEqual({
      at: new Date(first.at),
      request_id: first.requestId,
      account_id: account,
      mode: 'test',
      actor: 'key_1',
      method: 'GET',
      operation: 'listOrders',
      path: '/api/v1/orders',
      query: 'page=2&q=***',
      status: 404,
      error_code: 'NOT_FOUND',
      duration_ms: 1.25,
      address: '127.0.0.1',
      user_agent: first.userAgent,
    });
    expect(admin.audit.dropped).toBe(0);
  });

  it('loses nothing when it is stopped, and keeps the others when PostgreSQL refuses one record', async () => {
    const account = newId('account');
    const own = await startAdmin();
    for (let i = 0; i < 20; i += 1) own.audit.record(entry({ accountId: account, userAgent: i === 7 ? 'NUL \0' : null }));
    await own[Symbol.asyncDispose]();
    expect(await rows('select count(*)::int from access.request_log where account_id = $1', [account])).toEqual([{ count: 19 }]);
    await rollUpUntil(`select requests::int from access.usage_day where account_id = '${account}'`, [{ requests: 19 }]);
    expect(own.audit.dropped).toBe(1);
  });

  it('waits for a database that is away, and then has everything once', async () => {
    const account = newId('account');
    const own = await startAdmin();
    const lock = new pg.Client({ connectionString: database.url });
    await lock.connect();
    await lock.query('begin; lock table access.request_log in access exclusive mode');
    for (let i = 0; i < 1_200; i += 1) own.audit.record(entry({ accountId: account }));
    // The writer waits for the lock; what breaks its connection must not break its batch.
    await expect
      .poll(async () =>
        rows(`select pg_terminate_backend(pid) as ended from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock' and query like 'copy access.request_log%'`),
      )
      .toEqual([{ ended: true }]);
    await lock.query('commit');
    await lock.end();
    await own[Symbol.asyncDispose]();
    expect(
      await rows('select count(*)::int, count(distinct request_id)::int as ids from access.request_log where account_id = $1', [account]),
    ).toEqual([{ count: 1_200, ids: 1_200 }]);
    expect(own.audit.dropped).toBe(0);
  });

  it.each(['request_log', 'request_log_20261120', 'admin_log'])('refuses to change or forget a row of %s', async (table) => {
    await admin.accounts.create({ slug: `log-${table.replaceAll('_', '-')}`, name: 'Log' });
    admin.audit.record(entry());
    await admin.audit.flush();
    const before = await rows(`select count(*)::int from access.${table}`);
    expect(before).not.toEqual([{ count: 0 }]);
    for (const change of [`update access.${table} set actor = 'somebody'`, `delete from access.${table}`, `truncate access.${table}`]) {
      await expect(client.query(change)).rejects.toMatchObject({ code: '42501', message: expect.stringContaining('append-only') });
    }
    expect(await rows(`select count(*)::int from access.${table}`)).toEqual(before);
  });

  it('has partitions for today and tomorrow ahead of time, and drops those past retention', async () => {
    let now = NOON;
    await using first = await startAdmin(() => new Date(now));
    first.audit.record(entry({ at: NOON - 90 * DAY_MS }));
    first.audit.record(entry({ at: NOON - 89 * DAY_MS }));
    await first.audit.flush();
    await expect.poll(partitions).toEqual(expect.arrayContaining(['request_log_20260822', 'request_log_20261120', 'request_log_20261121']));
    now = NOON + 30 * DAY_MS;
    // A start keeps the partitions at once.
    await using _second = await startAdmin(() => new Date(now));
    await expect.poll(partitions).toEqual(['request_log_20261120', 'request_log_20261121', 'request_log_20261220', 'request_log_20261221']);
  });
});

describe('the export', () => {
  it('writes one line of JSON per request of the days and the account, and nothing else', async () => {
    const { id } = await admin.accounts.create({ slug: 'exported', name: 'Exported' });
    const wanted = Array.from({ length: 2_300 }, () => entry({ accountId: id }));
    for (const one of [...wanted, entry(), entry({ accountId: id, at: NOON + DAY_MS })]) admin.audit.record(one);
    await admin.audit.flush();
    const lines: string[] = [];
    for await (const batch of admin.exportRequestLog({ from: '2026-11-20', to: '2026-11-20', account: 'exported' })) lines.push(...batch);
    const parsed = lines.map((line) => JSON.parse(line));
    expect(parsed).toHaveLength(wanted.length);
    expect(new Set(parsed.map(({ requestId }) => requestId))).toEqual(new Set(wanted.map(({ requestId }) => requestId)));
    const [sample] = wanted;
    expect(parsed.find(({ requestId }) => requestId === sample?.requestId)).toEqual({
      ...sample,
      at: new Date(sample?.at ?? 0).toISOString(),
    });
  });

  it('says what is wrong with a range', async () => {
    const read = async (from: string, to: string): Promise<void> => {
      for await (const _ of admin.exportRequestLog({ from, to }));
    };
    await expect(read('yesterday', '2026-11-20')).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { from: expect.any(String) },
    });
    await expect(read('2026-11-21', '2026-11-20')).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: { to: expect.any(String) } });
  });
});

describe('usage', () => {
  it('is what a count of the whole log gives, however often and by however many it is rolled up', async () => {
    const account = newId('account');
    const statuses = [200, 200, 200, 404, 429, 500];
    const durations = [0.4, 1, 1.01, 2.5, 30, 200, 4_999, 5_000, 9_000];
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 400; i += 1) {
        const status = statuses[(i * 7) % statuses.length] ?? 200;
        admin.audit.record(
          entry({
            accountId: account,
            actor: `key_${i % 3}`,
            operation: i % 2 === 0 ? 'listOrders' : 'getOrder',
            at: NOON + (i % 2) * DAY_MS + i,
            status,
            errorCode: status === 429 ? 'RATE_LIMIT_EXCEEDED' : null,
            durationMs: durations[i % durations.length] ?? 1,
          }),
        );
      }
      await admin.audit.flush();
      await Promise.all([admin.usage.rollUp(), admin.usage.rollUp(), admin.usage.rollUp()]);
    }
    const bound = (from: number, to: number): string => `count(*) filter (where duration_ms > ${from} and duration_ms <= ${to})::int`;
    const expected = await rows(
      `select actor as key_id, operation as route, (at at time zone 'UTC')::date::text as day, count(*)::int as requests,
         count(*) filter (where status = 404)::int as missing, count(*) filter (where status = 429)::int as limited,
         array[${bound(-1, 1)}, ${bound(1, 2.5)}, ${bound(2.5, 5)}, ${bound(5, 10)}, ${bound(10, 25)}, ${bound(25, 50)}, ${bound(50, 100)},
           ${bound(100, 200)}, ${bound(200, 500)}, ${bound(500, 1_000)}, ${bound(1_000, 2_500)}, ${bound(2_500, 5_000)}, ${bound(5_000, 1e9)}] as latency
       from access.request_log where account_id = '${account}' group by 1, 2, 3 order by 1, 2, 3`,
    );
    expect(expected).toHaveLength(6);
    await rollUpUntil(
      `select key_id, route, day::text, requests::int, coalesce((errors->>'404')::int, 0) as missing,
         coalesce((errors->>'RATE_LIMIT_EXCEEDED')::int, 0) as limited, latency::int[] as latency
       from access.usage_day where account_id = '${account}' order by 1, 2, 3`,
      expected,
    );
  });

  it('is told per day, by error, by key and by route, with the requests that were too many', async () => {
    const accountId = newId('account');
    for (let i = 0; i < 100; i += 1) admin.audit.record(entry({ accountId, actor: 'key_slow', durationMs: i < 90 ? 8 : 80 }));
    for (let i = 0; i < 4; i += 1)
      admin.audit.record(
        entry({ accountId, actor: 'key_fast', operation: 'getOrder', status: 429, errorCode: 'RATE_LIMIT_EXCEEDED', durationMs: 0.5 }),
      );
    await admin.audit.flush();
    await rollUpUntil(`select sum(requests)::int as requests from access.usage_day where account_id = '${accountId}'`, [{ requests: 104 }]);
    const range = { accountId, from: '2026-11-20', to: '2026-11-20' };
    expect(await admin.usage.requestsPerDay(range)).toEqual([{ day: '2026-11-20', requests: 104, errors: 4 }]);
    expect(await admin.usage.requestsPerDay({ ...range, accountId: 'acct_other' })).toEqual([]);
    expect(await admin.usage.errorsByCode(range)).toEqual([{ code: 'RATE_LIMIT_EXCEEDED', requests: 4 }]);
    const [slow, fast] = await admin.usage.latencyBy('key', range);
    expect(slow).toMatchObject({ name: 'key_slow', requests: 100 });
    expect([slow?.p50Ms, slow?.p95Ms]).toEqual([expect.closeTo(7.8, 1), 75]);
    expect(fast).toMatchObject({ name: 'key_fast', requests: 4 });
    expect((await admin.usage.latencyBy('route', range)).map(({ name }) => name)).toEqual(['listOrders', 'getOrder']);
    const violations = await admin.usage.rateLimitViolations({ ...range, keyId: 'key_fast' });
    expect(violations).toHaveLength(4);
    expect(violations[0]).toMatchObject({ keyId: 'key_fast', route: 'getOrder', address: '127.0.0.1' });
    await expect(admin.usage.requestsPerDay({ ...range, from: 'x' })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  });
});
