import { openDatabase } from '@portico/service-kit/database/orm';
import { createTestDatabase } from '@portico/service-kit/testing';
import { expect, it } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { Person } from '../people/person.entity.ts';
import { sweepSignIn } from './sweep-sign-in.ts';
import { CODE_MS } from './use-code-once.ts';

it('removes what has expired, and nothing else', async () => {
  await using test = await createTestDatabase();
  const options = {
    program: 'admin',
    schema: 'access',
    databaseUrl: test.url,
    poolMax: 2,
    entities: [Person],
    migrations,
    tenantTables: [],
  };
  await using database = await openDatabase(options);
  const [past, now, future] = [1_000, 2_000, 3_000].map((at) => new Date(at));
  await database.run(
    `insert into access.person (id, name, email, created_at, updated_at) values ('person_1', 'A', 'a@example.com', $1, $1)`,
    [past],
  );
  for (const [id, expiresAt] of [
    ['old', past],
    ['new', future],
  ]) {
    for (const side of ['developer', 'operator']) {
      await database.run(
        `insert into access.${side}_session (id, token, user_id, expires_at, created_at, updated_at) values ($1, $1, 'person_1', $2, $2, $2)`,
        [id, expiresAt],
      );
    }
    await database.run(
      `insert into access.verification (id, identifier, value, expires_at, created_at, updated_at) values ($1, 'i', 'v', $2, $2, $2)`,
      [id, expiresAt],
    );
  }
  for (const [key, since] of [
    ['old', new Date(2_000 - 3_600_000)],
    ['new', new Date(2_001 - 3_600_000)],
  ])
    await database.run('insert into access.sign_in_guess (key, count, since) values ($1, 1, $2)', [key, since]);
  for (const [code, usedAt] of [
    ['old', new Date(2_000 - CODE_MS)],
    ['new', new Date(2_001 - CODE_MS)],
  ])
    await database.run(`insert into access.used_code (person_id, code, used_at) values ('person_1', $1, $2)`, [code, usedAt]);
  expect(await sweepSignIn({ database, now: () => now ?? new Date() })).toBe(5);
  const left = await database.run(
    'select id from access.developer_session union all select id from access.operator_session union all select id from access.verification union all select key from access.sign_in_guess union all select code from access.used_code',
    [],
  );
  expect(left).toEqual([{ id: 'new' }, { id: 'new' }, { id: 'new' }, { id: 'new' }, { id: 'new' }]);
});
