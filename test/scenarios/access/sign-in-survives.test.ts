// A sign-in leaves its entry in the admin log though the gateway is killed between the sign-in and the entry.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Admin, start } from '@portico/admin-server/server';
import { createTestDatabase, silentLogger, TEST_SECRET_KEYS, unreachableGraph } from '@portico/service-kit/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayProcess, startGatewayProcess } from '../../stack/processes/gateway-process.ts';

/** A crashed attempt is not looked at while it might still be under way. */
const LATER_MS = 600_000;
const WITHIN = { timeout: 60_000 };

describe('a gateway that is killed while an operator signs in', { timeout: 300_000 }, () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let admin: Admin;
  let client: pg.Client;
  let folder: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'portico-mail-'));
    admin = await startAdmin(0);
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await admin?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  function startAdmin(laterMs: number): Promise<Admin> {
    const settings = { databaseUrl: database.url, poolMax: 4, secretKeys: TEST_SECRET_KEYS };
    return start(settings, { logger: silentLogger, now: () => new Date(Date.now() + laterMs) });
  }

  const post = (gateway: GatewayProcess, email: string, password: string): Promise<number> =>
    fetch(`${gateway.internalUrl}/console/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    }).then(
      ({ status }) => status,
      () => 0,
    );

  /** Kills the gateway at the moment when the sign-in waits to write into this table; its sweeps wait for it too, and are not meant. */
  async function killAt(table: string, email: string): Promise<{ personId: string }> {
    const { id: personId, password = '' } = await admin.operators.create({ email, role: 'admin' });
    await using gateway = await startGatewayProcess(database.url);
    const lock = new pg.Client({ connectionString: database.url });
    await lock.connect();
    await lock.query(`begin; lock table ${table} in exclusive mode`);
    const answered = post(gateway, email, password);
    const waiting = `from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ~* 'insert into .*${table.split('.')[1]}'`;
    await expect.poll(async () => (await client.query(`select pid ${waiting}`)).rowCount, WITHIN).toBe(1);
    await gateway.end('SIGKILL');
    expect(await answered).toBe(0);
    // The server's half of the connection may only notice when it writes.
    await client.query(`select pg_terminate_backend(pid) ${waiting}`);
    await lock.end();
    return { personId };
  }

  const entriesOf = async (personId: string) =>
    (await admin.adminLog.list({ target: personId }))
      .filter(({ actor }) => actor === personId)
      .map(({ action, after }) => ({ action, after }));

  /** What another gateway does with it, once the attempt's time is over. */
  async function recover(): Promise<AsyncDisposable> {
    const opened = new AsyncDisposableStack();
    const later = opened.use(await startAdmin(LATER_MS));
    const origins = { portalOrigin: 'http://portal.test', consoleOrigin: 'http://console.test', trustedProxies: [] };
    opened.use(await later.openSides({ ...origins, mail: { kind: 'folder', folder, from: 'test' } }, unreachableGraph));
    return opened;
  }

  it('after the session was made: the sign-in is recorded, once', async () => {
    const { personId } = await killAt('access.admin_log', 'after@example.com');
    expect((await client.query('select from access.operator_session where user_id = $1', [personId])).rowCount).toBe(1);
    expect(await entriesOf(personId)).toEqual([]);
    await using _one = await recover();
    await using _two = await recover();
    const expected = [{ action: 'person.signed_in', after: expect.objectContaining({ side: 'operator', path: '/sign-in/email' }) }];
    await expect.poll(() => entriesOf(personId), WITHIN).toEqual(expected);
    expect((await client.query('select from access.sign_in_attempt')).rowCount).toBe(0);
  });

  it('before the session was made: the attempt is recorded as what it was', async () => {
    const { personId } = await killAt('access.operator_session', 'before@example.com');
    expect((await client.query('select from access.operator_session where user_id = $1', [personId])).rowCount).toBe(0);
    await using _one = await recover();
    const expected = [{ action: 'person.attempt_interrupted', after: expect.objectContaining({ path: '/sign-in/email' }) }];
    await expect.poll(() => entriesOf(personId), WITHIN).toEqual(expected);
  });
});
