import { newId } from '@portico/contracts/ids';
import { openDatabase } from '@portico/service-kit/database/orm';
import { createKeyRing } from '@portico/service-kit/sealing/key-ring';
import { TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Account } from '../accounts/account.entity.ts';
import { DAY_MS, NOON, openTestLog, requestAudit, type TestLog } from '../testing/open-test-log.ts';
import { exportRequestLog } from './export-request-log.ts';
import { dayOf, partitionOf } from './request-log-partitions.ts';

let log: TestLog;
beforeAll(async () => {
  log = await openTestLog();
});
afterAll(() => log?.[Symbol.asyncDispose]());

const partitionsOf = async (one: TestLog): Promise<string[]> =>
  (
    await one.rows(
      `select relname from pg_inherits join pg_class on oid = inhrelid where inhparent = 'access.request_log'::regclass order by 1`,
    )
  ).map(({ relname }) => String(relname));

describe('the request log', () => {
  it('keeps every record as it was given, more than a batch of them, on the day it is of', async () => {
    const account = newId('account');
    const first = requestAudit({ accountId: account, errorCode: 'NOT_FOUND', status: 404, userAgent: `"quotes', \\ and ünïcode` });
    log.admin.audit.record(first);
    for (let i = 0; i < 2_500; i += 1) log.admin.audit.record(requestAudit({ accountId: account, at: NOON + (i % 2) * DAY_MS }));
    await log.admin.audit.flush();
    const counted = await log.rows(
      `select (at at time zone 'UTC')::date::text as day, tableoid::regclass::text as kept_in, count(*)::int
       from access.request_log where account_id = $1 group by 1, 2 order by 1`,
      [account],
    );
    expect(counted).toEqual([
      { day: '2026-11-20', kept_in: 'access.request_log_20261120', count: 1_251 },
      { day: '2026-11-21', kept_in: 'access.request_log_20261121', count: 1_250 },
    ]);
    const [kept] = await log.rows('select * from access.request_log where request_id = $1', [first.requestId]);
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
    expect(log.admin.audit.dropped).toBe(0);
  });

  it('loses nothing when it is stopped, and keeps the others when PostgreSQL refuses one record', async () => {
    const account = newId('account');
    const own = await log.startAdmin();
    for (let i = 0; i < 20; i += 1) own.audit.record(requestAudit({ accountId: account, userAgent: i === 7 ? 'NUL \0' : null }));
    await own[Symbol.asyncDispose]();
    expect(await log.rows('select count(*)::int from access.request_log where account_id = $1', [account])).toEqual([{ count: 19 }]);
    await log.rollUpUntil(`select requests::int from access.usage_day where account_id = '${account}'`, [{ requests: 19 }]);
    expect(own.audit.dropped).toBe(1);
  });

  it('waits for a database that is away, and then has everything once', async () => {
    const account = newId('account');
    const own = await log.startAdmin();
    const lock = new pg.Client({ connectionString: log.databaseUrl });
    await lock.connect();
    await lock.query('begin; lock table access.request_log in access exclusive mode');
    for (let i = 0; i < 1_200; i += 1) own.audit.record(requestAudit({ accountId: account }));
    // The writer waits for the lock; what breaks its connection must not break its batch.
    await expect
      .poll(async () =>
        log.rows(`select pg_terminate_backend(pid) as ended from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock' and query like 'copy access.request_log%'`),
      )
      .toEqual([{ ended: true }]);
    await lock.query('commit');
    await lock.end();
    await own[Symbol.asyncDispose]();
    expect(
      await log.rows('select count(*)::int, count(distinct request_id)::int as ids from access.request_log where account_id = $1', [
        account,
      ]),
    ).toEqual([{ count: 1_200, ids: 1_200 }]);
    expect(own.audit.dropped).toBe(0);
  });

  it.each(['request_log', 'request_log_20261120', 'admin_log'])('refuses to change or forget a row of %s', async (table) => {
    await log.admin.accounts.create({ slug: `log-${table.replaceAll('_', '-')}`, name: 'Log' });
    log.admin.audit.record(requestAudit());
    await log.admin.audit.flush();
    const before = await log.rows(`select count(*)::int from access.${table}`);
    expect(before).not.toEqual([{ count: 0 }]);
    for (const change of [`update access.${table} set actor = 'somebody'`, `delete from access.${table}`, `truncate access.${table}`]) {
      await expect(log.client.query(change)).rejects.toMatchObject({ code: '42501', message: expect.stringContaining('append-only') });
    }
    expect(await log.rows(`select count(*)::int from access.${table}`)).toEqual(before);
  });

  it('has partitions for today and tomorrow ahead of time, and drops those past retention', async () => {
    await using own = await openTestLog();
    const today = Date.now();
    const named = (days: number): string => partitionOf(dayOf(today + days * DAY_MS));
    {
      // A start keeps the partitions at once, and its end waits for that.
      await using first = await own.startAdmin(() => new Date(today));
      for (const days of [31, 30]) first.audit.record(requestAudit({ at: today - days * DAY_MS }));
      await first.audit.flush();
    }
    expect(await partitionsOf(own)).toEqual(expect.arrayContaining([named(-31), named(-30), named(0), named(1)]));
    {
      await using _ = await own.startAdmin(() => new Date(today), 30);
    }
    expect(await partitionsOf(own)).toEqual(expect.arrayContaining([named(-30), named(0), named(1)]));
    expect(await partitionsOf(own)).not.toContain(named(-31));
  });

  it('loses nothing to a process whose clock is a year ahead', async () => {
    await using own = await openTestLog();
    const today = Date.now();
    own.admin.audit.record(requestAudit({ at: today - DAY_MS }));
    await own.admin.audit.flush();
    {
      await using _ = await own.startAdmin(() => new Date(today + 366 * DAY_MS));
    }
    expect(await partitionsOf(own)).toContain(partitionOf(dayOf(today - DAY_MS)));
  });
});

describe('the export', () => {
  it('writes one line of JSON per request of the days and the account, and nothing else', async () => {
    const { id } = await log.admin.accounts.create({ slug: 'exported', name: 'Exported' });
    const wanted = Array.from({ length: 2_300 }, () => requestAudit({ accountId: id }));
    for (const one of [...wanted, requestAudit(), requestAudit({ accountId: id, at: NOON + DAY_MS })]) log.admin.audit.record(one);
    await log.admin.audit.flush();
    const lines: string[] = [];
    for await (const batch of log.admin.exportRequestLog({ from: '2026-11-20', to: '2026-11-20', account: 'exported' }))
      lines.push(...batch);
    const parsed = lines.map((line) => JSON.parse(line));
    expect(parsed).toHaveLength(wanted.length);
    expect(new Set(parsed.map(({ requestId }) => requestId))).toEqual(new Set(wanted.map(({ requestId }) => requestId)));
    const [sample] = wanted;
    expect(parsed.find(({ requestId }) => requestId === sample?.requestId)).toEqual({
      ...sample,
      at: new Date(sample?.at ?? 0).toISOString(),
    });
  });

  it('waits for a slow reader, however soon PostgreSQL ends the transactions of others', async () => {
    const { id } = await log.admin.accounts.create({ slug: 'slow', name: 'Slow' });
    for (let i = 0; i < 1_500; i += 1) log.admin.audit.record(requestAudit({ accountId: id }));
    await log.admin.audit.flush();
    await using own = await openDatabase({
      program: 'admin',
      schema: 'access',
      databaseUrl: log.databaseUrl,
      entities: [Account],
      migrations: {},
      tenantTables: [],
      poolMax: 2,
    });
    const pool = (await own.orm.em.getConnection().getNativeClient()) as pg.Pool;
    pool.on('acquire', (taken) => void taken.query(`set idle_in_transaction_session_timeout = '5s'`));
    const context = { database: own, keyRing: createKeyRing(TEST_SECRET_KEYS), actor: 'test', now: () => new Date(NOON) };
    let read = 0;
    for await (const batch of exportRequestLog(context, { from: '2026-11-20', to: '2026-11-20', account: 'slow' })) {
      read += batch.length;
      const resting = `select 1 from pg_stat_activity where datname = current_database() and state = 'idle in transaction'
        and clock_timestamp() - state_change < interval '6 seconds'`;
      await expect.poll(() => log.rows(resting)).toEqual([]);
    }
    expect(read).toBe(1_500);
  });

  it('says what is wrong with a range', async () => {
    const read = async (from: string, to: string): Promise<void> => {
      for await (const _ of log.admin.exportRequestLog({ from, to }));
    };
    await expect(read('yesterday', '2026-11-20')).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { from: expect.any(String) },
    });
    await expect(read('2026-11-21', '2026-11-20')).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: { to: expect.any(String) } });
  });
});
