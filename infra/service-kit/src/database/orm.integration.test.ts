import { Migration } from '@mikro-orm/migrations';
import pg from 'pg';
import { expect, it } from 'vitest';
import { OutboxEvent } from '../outbox/outbox.ts';
import { createTestDatabase, silentLogger } from '../testing.ts';
import { warnOfNewerSchema } from './newer-schema.ts';
import { openDatabase } from './orm.ts';

class Long extends Migration {
  override up(): void {
    this.addSql('select pg_sleep(2)');
    this.addSql('create table shop.thing (id text primary key)');
  }
}

it('a migration takes as long as it takes, and other statements do not', async () => {
  await using server = await createTestDatabase();
  await using database = await openDatabase({
    program: 'test',
    databaseUrl: server.url,
    schema: 'shop',
    entities: [OutboxEvent],
    migrations: { '0001-long': Long },
    tenantTables: [],
    poolMax: 2,
    statementTimeoutMs: 200,
  });
  expect(await database.run('select count(*)::int as n from shop.thing', [])).toEqual([{ n: 0 }]);
  await expect(database.run('select pg_sleep(1)', [])).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});

it('a migration that fails leaves nothing', async () => {
  await using server = await createTestDatabase();
  class Broken extends Migration {
    override up(): void {
      this.addSql('create table shop.half (id text primary key)');
      this.addSql('select no_such_column');
    }
  }
  const settings = { program: 'test', databaseUrl: server.url, schema: 'shop', entities: [OutboxEvent], tenantTables: [], poolMax: 2 };
  await expect(openDatabase({ ...settings, migrations: { '0001-broken': Broken } })).rejects.toThrow('no_such_column');
  await using database = await openDatabase({ ...settings, migrations: {} });
  expect(await database.run(`select to_regclass('shop.half') as half`, [])).toEqual([{ half: null }]);
});

it('a migration whose lock is lost with its connection goes on, and the process with it', async () => {
  await using server = await createTestDatabase();
  const settings = { program: 'test', databaseUrl: server.url, schema: 'shop', entities: [OutboxEvent], tenantTables: [], poolMax: 2 };
  const migrating = openDatabase({ ...settings, migrations: { '0001-long': Long } });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const end = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = $1
    and exists (select from pg_stat_activity where datname = current_database() and query like '%pg_sleep(2)%' and pid <> pg_backend_pid())`;
  await expect.poll(async () => (await client.query(end, ['portico migration lock'])).rowCount).toBe(1);
  await client.end();
  await using database = await migrating;
  expect(await database.run('select count(*)::int as n from shop.thing', [])).toEqual([{ n: 0 }]);
});

it('a program that was rolled back starts, and says in one sentence that the schema is newer', async () => {
  await using server = await createTestDatabase();
  const settings = { program: 'test', databaseUrl: server.url, schema: 'shop', entities: [OutboxEvent], tenantTables: [], poolMax: 2 };
  class Thing extends Migration {
    override up(): void {
      this.addSql('create table shop.thing (id text primary key)');
    }
  }
  class Wider extends Migration {
    override up(): void {
      this.addSql('alter table shop.thing add column name text');
    }
  }
  const lines: unknown[] = [];
  const logger = { ...silentLogger, warn: (fields: unknown, message: string) => void lines.push([fields, message]) };
  await using newer = await openDatabase({ ...settings, migrations: { '0001-thing': Thing, '0002-wider': Wider } });
  warnOfNewerSchema(newer, logger, 'shop');
  expect(lines).toEqual([]);
  await using older = await openDatabase({ ...settings, migrations: { '0001-thing': Thing } });
  warnOfNewerSchema(older, logger, 'shop');
  expect(lines).toEqual([[{ dependency: 'shop', version: '0002-wider' }, expect.stringContaining('newer release')]]);
  expect(await older.run('select count(*)::int as n from shop.thing', [])).toEqual([{ n: 0 }]);
});

it.each(['SQL_ASCII', 'LATIN1'])(
  'a database that cannot keep every text is refused before anything is written to it (%s)',
  async (encoding) => {
    await using server = await createTestDatabase();
    const url = new URL(server.url);
    const name = `${url.pathname.slice(1)}_${encoding.toLowerCase()}`;
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(
      `create database "${name}" template template0 encoding '${encoding}' locale_provider 'libc' lc_collate 'C' lc_ctype 'C'`,
    );
    try {
      url.pathname = `/${name}`;
      const opening = openDatabase({
        program: 'test',
        databaseUrl: url.href,
        schema: 'shop',
        entities: [OutboxEvent],
        migrations: {},
        tenantTables: [],
        poolMax: 2,
      });
      await expect(opening).rejects.toThrow(`The database ${name} has the encoding ${encoding}`);
    } finally {
      await client.query(`drop database "${name}" with (force)`);
      await client.end();
    }
  },
);
