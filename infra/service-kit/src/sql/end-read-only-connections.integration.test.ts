import pg from 'pg';
import { expect, it } from 'vitest';
import { openDatabase } from '../database/orm.ts';
import { OutboxEvent } from '../outbox/outbox.ts';
import { createTestDatabase } from '../testing.ts';

it('a server that takes no writes is away for writes, and its connections are not kept beyond that', async () => {
  await using server = await createTestDatabase();
  const name = new URL(server.url).pathname.slice(1);
  const operator = new pg.Client({ connectionString: server.url });
  await operator.connect();
  await operator.query('create schema shop');
  await operator.query('create table shop.thing (id int)');
  await using database = await openDatabase({
    program: 'test',
    databaseUrl: server.url,
    schema: 'shop',
    entities: [OutboxEvent],
    migrations: {},
    tenantTables: [],
    poolMax: 4,
  });
  // As on a server that another one has taken over from: whoever connects gets a session that only reads, and keeps it.
  await operator.query(`alter database "${name}" set default_transaction_read_only = on`);
  await operator.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  const writes = {
    statement: () => database.run('insert into shop.thing values ($1)', [1]),
    transaction: () => database.transaction((run) => run('insert into shop.thing values ($1)', [1])),
    'unit of work': () => database.fork().transactional((em) => em.execute('insert into shop.thing values (1)')),
  };
  for (const name of ['statement', 'transaction'] as const)
    await expect(writes[name]()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await expect(writes['unit of work']()).rejects.toMatchObject({ code: '25006' });
  await operator.query(`alter database "${name}" reset default_transaction_read_only`);
  for (const write of Object.values(writes)) await write();
  await operator.end();
});
