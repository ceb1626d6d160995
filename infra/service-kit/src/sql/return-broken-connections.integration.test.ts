import { expect, it } from 'vitest';
import { openDatabase } from '../database/orm.ts';
import { OutboxEvent } from '../outbox/outbox.ts';
import { createTestDatabase } from '../testing.ts';

it('transactions whose connections broke take no place of the pool', async () => {
  await using server = await createTestDatabase();
  await using database = await openDatabase({
    program: 'test',
    databaseUrl: server.url,
    schema: 'shop',
    entities: [OutboxEvent],
    migrations: {},
    tenantTables: [],
    poolMax: 4,
  });
  const suicide = 'select pg_terminate_backend(pg_backend_pid())';
  for (let round = 0; round < 3; round += 1) {
    await expect(database.fork().transactional((em) => em.execute(suicide))).rejects.toThrow();
    await expect(database.transaction((run) => run(suicide, []))).rejects.toThrow();
  }
  const both = [1, 2].map(() => database.transaction(async (run) => run('select pg_sleep(0.05)::text as slept', [])));
  expect(await Promise.all(both)).toHaveLength(2);
});
