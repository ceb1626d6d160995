import { Migration } from '@mikro-orm/migrations';
import pg from 'pg';
import { expect, it } from 'vitest';
import { OutboxEvent } from '../outbox/outbox.ts';
import { createTestDatabase } from '../testing.ts';
import { databaseHealth } from './database-health.ts';
import { openDatabase } from './orm.ts';

class Thing extends Migration {
  override up(): void {
    this.addSql('create table shop.thing (id text primary key)');
  }
}

it('a server that takes no writes is not up, and one that takes them again is, though nobody writes', async () => {
  await using server = await createTestDatabase();
  const name = new URL(server.url).pathname.slice(1);
  const operator = new pg.Client({ connectionString: server.url });
  await operator.connect();
  const endOthers = 'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
  await using database = await openDatabase({
    program: 'test',
    databaseUrl: server.url,
    schema: 'shop',
    entities: [OutboxEvent],
    migrations: { '0001-thing': Thing },
    tenantTables: [],
    poolMax: 4,
  });
  const health = () => databaseHealth(database.run, 'shop');
  expect(await health()).toEqual({ status: 'up' });
  // As on a server that another one has taken over from: whoever connects gets a session that only reads, and keeps it.
  await operator.query(`alter database "${name}" set default_transaction_read_only = on`);
  await operator.query(endOthers);
  await expect.poll(() => health().catch(() => 'away')).toEqual({ status: 'fallback', detail: 'It is read-only: writes are refused.' });
  await operator.query(`alter database "${name}" reset default_transaction_read_only`);
  await expect.poll(() => health().catch(() => 'away')).toEqual({ status: 'up' });
  await operator.end();
});
