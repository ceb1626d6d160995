import { createTestDatabase } from '@portico/service-kit/testing';
import { expect, it } from 'vitest';
import { openStatements } from './open-statements.ts';

it('reads by a key by its index, also when the table is so small that reading it whole would look cheaper', async () => {
  await using database = await createTestDatabase();
  await using statements = openStatements({ program: 'test', databaseUrl: database.url, poolMax: 2 });
  const { run, read } = statements;
  await run('create table small (account_id text, slot int, primary key (account_id, slot))', []);
  await run(`insert into small select 'acct_' || account, slot from generate_series(1, 6) account, generate_series(0, 7) slot`, []);
  await run('analyze small', []);
  const plan = await read('explain select * from unnest($1::text[]) w (account_id) join small s on s.account_id = w.account_id', [
    ['acct_3'],
  ]);
  expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('using small_pkey on small');
});
