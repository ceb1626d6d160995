import type { RequestAudit } from '@portico/contracts/audit';
import { openDatabase } from '@portico/service-kit/database/orm';
import { createKeyRing } from '@portico/service-kit/sealing/key-ring';
import { createTestDatabase, silentLogger, TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import { type Between, standBetween } from '@portico/service-kit/testing-between';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Account } from '../accounts/account.entity.ts';
import type { AdminContext } from '../context.ts';
import { start } from '../server.ts';
import { NOON, requestAudit } from '../testing/open-test-log.ts';
import { rollUpUsage } from './roll-up-usage.ts';
import { openRequestLog, type RequestLog } from './write-request-log.ts';

let opened: AsyncDisposableStack;
let between: Between;
let client: pg.Client;
let context: AdminContext;
let log: RequestLog;
let name = '';
beforeEach(async () => {
  opened = new AsyncDisposableStack();
  const { url } = opened.use(await createTestDatabase());
  name = new URL(url).pathname.slice(1);
  const settings = { databaseUrl: url, poolMax: 4, secretKeys: TEST_SECRET_KEYS };
  await using _migrated = await start(settings, { logger: silentLogger, now: () => new Date(NOON) });
  client = new pg.Client({ connectionString: url });
  await client.connect();
  opened.defer(() => client.end());
  between = opened.use(await standBetween(url));
  const database = opened.use(
    await openDatabase({
      program: 'admin',
      schema: 'access',
      databaseUrl: between.url,
      entities: [Account],
      migrations: {},
      tenantTables: [],
      poolMax: 4,
    }),
  );
  opened.defer(async () => between.cut());
  context = { database, keyRing: createKeyRing(TEST_SECRET_KEYS), actor: 'test', now: () => new Date(NOON) };
  log = openRequestLog(context, silentLogger);
  // The day has its partition, and the writer a connection.
  log.record(entry('first'));
  await log.flush();
});
afterEach(() => opened.disposeAsync());

function entry(requestId: string, userAgent: string | null = null): RequestAudit {
  return requestAudit({ at: NOON, requestId, userAgent });
}

const written = async (): Promise<string[]> =>
  (await client.query('select request_id from access.request_log order by 1')).rows.map(({ request_id }) => request_id);

async function counted(): Promise<number> {
  await rollUpUsage(context);
  const { rows } = await client.query('select sum(requests)::int as requests from access.usage_day');
  return rows[0].requests;
}

describe('a batch of the request log', () => {
  it('is there once and counted once when PostgreSQL has it and the answer was lost', async () => {
    between.loseAnswer('copy access.request_log', 'commit');
    for (const id of ['a', 'b', 'c']) log.record(entry(id));
    await expect.poll(() => between.hasLost).toBe(true);
    await log[Symbol.asyncDispose]();
    expect(await written()).toEqual(['a', 'b', 'c', 'first']);
    expect([await counted(), log.dropped]).toEqual([4, 0]);
  });

  it('without the records that PostgreSQL refuses is there once too', async () => {
    between.loseAnswer('copy access.request_log', 'commit');
    for (const id of ['a', 'b', 'c', 'd', 'e']) log.record(entry(id, id === 'b' || id === 'e' ? 'NUL \0' : null));
    await expect.poll(() => between.hasLost).toBe(true);
    await log[Symbol.asyncDispose]();
    expect(await written()).toEqual(['a', 'c', 'd', 'first']);
    expect([await counted(), log.dropped]).toEqual([4, 2]);
  });

  it('waits for a PostgreSQL that only reads for a while', async () => {
    await setReadOnly('on');
    for (const id of ['a', 'b', 'c']) log.record(entry(id));
    await expect(log.flush()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await setReadOnly('off');
    await log[Symbol.asyncDispose]();
    expect([await written(), log.dropped]).toEqual([['a', 'b', 'c', 'first'], 0]);
  });

  it('is not waited for without end by a stop, when the connection hangs', async () => {
    between.freeze();
    for (const id of ['a', 'b', 'c']) log.record(entry(id));
    await log[Symbol.asyncDispose]();
    expect(log.dropped).toBe(3);
  });

  it('goes over another connection when its own hangs', async () => {
    await using own = openRequestLog(context, silentLogger, { answerMs: 500 });
    own.record(entry('second'));
    await own.flush();
    between.freeze();
    for (const id of ['a', 'b', 'c']) own.record(entry(id));
    await expect.poll(written).toEqual(['a', 'b', 'c', 'first', 'second']);
  });
});

/** As a server does that became a standby, or whose disk is full. It holds for new connections. */
async function setReadOnly(value: 'on' | 'off'): Promise<void> {
  await client.query(`alter database "${name}" set default_transaction_read_only = ${value}`);
  between.cut();
  const shown = async (): Promise<unknown> => context.database.run('show default_transaction_read_only', []);
  await expect.poll(shown).toEqual([{ default_transaction_read_only: value }]);
}
