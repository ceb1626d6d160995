import { expect, it } from 'vitest';
import { openDatabase } from '../database/orm.ts';
import { OutboxEvent } from '../outbox/outbox.ts';
import { createTestDatabase } from '../testing.ts';
import { standBetween } from '../testing-between.ts';

it('a connection that owes an answer and says nothing is given up, and its place in the pool is free', async () => {
  await using server = await createTestDatabase();
  await using between = await standBetween(server.url);
  await using database = await openDatabase({
    program: 'test',
    databaseUrl: between.url,
    schema: 'shop',
    entities: [OutboxEvent],
    migrations: {},
    tenantTables: [],
    poolMax: 4,
    statementTimeoutMs: 1_000,
  });
  const asked = (): Promise<unknown>[] => [
    database.run('select 1 as one', []),
    database.read('select 1 as one', []),
    database.fork().transactional((em) => em.execute('select 1 as one')),
  ];
  await Promise.all(asked());
  between.freeze();
  const outcomes = await Promise.allSettled(asked());
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(outcomes).toMatchObject([{ reason: { code: 'SERVICE_UNAVAILABLE' } }, { reason: { code: 'SERVICE_UNAVAILABLE' } }, {}]);
  expect(await Promise.all(asked())).toHaveLength(3);
}, 60_000);
