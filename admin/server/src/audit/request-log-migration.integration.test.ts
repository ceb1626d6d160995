import { openDatabase } from '@portico/service-kit/database/orm';
import { createTestDatabase } from '@portico/service-kit/testing';
import { expect, it } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { Person } from '../people/person.entity.ts';

it('counts what an older version recorded and had not counted, once, when the log changes its form', async () => {
  await using test = await createTestDatabase();
  const options = { program: 'admin', schema: 'access', databaseUrl: test.url, poolMax: 2, entities: [Person], tenantTables: [] };
  const { '0007-request-log-by-copy': _, ...older } = migrations;
  {
    await using before = await openDatabase({ ...options, migrations: older });
    await before.run(`create table access.request_log_rest partition of access.request_log default`, []);
    await before.run(`update access.usage_progress set counted_before = 10`, []);
    await before.run(
      `insert into access.request_log (at, request_id, account_id, actor, method, query, status, error_code, duration_ms, address, written_by)
       values ('2026-11-20', 'a', 'acct_1', 'key_1', 'GET', '', 200, null, 1, '', 9), ('2026-11-20', 'b', 'acct_1', 'key_1', 'GET', '', 200, null, 1, '', 10),
         ('2026-11-20', 'c', 'acct_1', 'key_1', 'GET', '', 404, 'NOT_FOUND', 9000, '', 11), ('2026-11-20', 'd', 'acct_1', 'key_1', 'GET', '', 429, null, 1.5, '', 12)`,
      [],
    );
  }
  await using after = await openDatabase({ ...options, migrations });
  expect(await after.run('select account_id, day::text, key_id, requests::int, errors, latency::text from access.usage_delta', [])).toEqual(
    [
      {
        account_id: 'acct_1',
        day: '2026-11-20',
        key_id: 'key_1',
        requests: 3,
        errors: { '429': 1, NOT_FOUND: 1 },
        latency: '{1,1,0,0,0,0,0,0,0,0,0,0,1}',
      },
    ],
  );
  expect(await after.run('select count(*)::int from access.request_log', [])).toEqual([{ count: 4 }]);
});
