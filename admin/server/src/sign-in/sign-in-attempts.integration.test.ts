import { openDatabase } from '@portico/service-kit/database/orm';
import { createLiveKeyRing } from '@portico/service-kit/sealing/live-key-ring';
import { createTestDatabase, TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import { expect, it } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import type { AdminContext } from '../context.ts';
import { Person } from '../people/person.entity.ts';
import type { Side } from '../sides.ts';
import { ATTEMPT_MAX_MS, beginAttempt, endAttempt, recoverAttempts } from './sign-in-attempts.ts';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const BOTH_SIDES: readonly Side[] = ['developer', 'operator'];

async function openAccess() {
  await using opened = new AsyncDisposableStack();
  const test = opened.use(await createTestDatabase());
  const options = {
    program: 'admin',
    schema: 'access',
    databaseUrl: test.url,
    poolMax: 4,
    entities: [Person],
    migrations,
    tenantTables: [],
  };
  const database = opened.use(await openDatabase(options));
  const running = opened.move();
  return { database, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

const SESSION = (side: Side): string =>
  `insert into access.${side}_session (id, token, user_id, expires_at, created_at, updated_at) values ($1, $1, $2, now(), $3, $3)`;
const PERSON = `insert into access.person (id, name, email, created_at, updated_at) values ($1, 'A', $1 || '@example.com', now(), now())`;

it.each([
  ['/reset-password', []],
  ['/change-password', []],
  ['/two-factor/disable', ['developer', 'operator']],
])('ends every session of whoever was cut short at %s, for a new password has to keep others out: %j are left', async (path, left) => {
  await using access = await openAccess();
  const { database } = access;
  let nowMs = NOON;
  const admin: AdminContext = { database, keyRing: createLiveKeyRing(TEST_SECRET_KEYS), now: () => new Date(nowMs), actor: 'test' };
  for (const person of ['person_1', 'person_2']) {
    await database.run(PERSON, [person]);
    for (const side of BOTH_SIDES) await database.run(SESSION(side), [`${person} ${side}`, person, new Date(NOON - 80)]);
  }
  await beginAttempt(admin, { side: 'developer', path, personId: 'person_1' });
  await beginAttempt(admin, { side: 'developer', path, personId: 'unknown' });
  nowMs = NOON + ATTEMPT_MAX_MS + 1;
  expect(await recoverAttempts({ admin, recordAction: () => {} })).toBe(2);
  for (const side of BOTH_SIDES) {
    const standing = await database.run(`select user_id from access.${side}_session order by user_id`, []);
    expect(standing.map(({ user_id: person }) => person)).toEqual(left.includes(side) ? ['person_1', 'person_2'] : ['person_2']);
  }
});

it('records attempts that are older than a request can be, once, by what is left of them; and those alone', async () => {
  await using access = await openAccess();
  const { database } = access;
  let nowMs = NOON;
  const admin: AdminContext = { database, keyRing: createLiveKeyRing(TEST_SECRET_KEYS), now: () => new Date(nowMs), actor: 'test' };
  const recorded: unknown[] = [];
  const recording = {
    admin,
    recordAction: (_em: unknown, { actor }: { actor: string }, change: object) => void recorded.push({ actor, ...change }),
  };
  const begin = (side: Side, path: string, personId = 'person_1') => beginAttempt(admin, { side, path, personId });
  await database.run(PERSON, ['person_1']);
  await begin('operator', '/sign-in/email');
  await begin('developer', '/sign-in/email');
  await begin('operator', '/change-password');
  await begin('developer', '/sign-in/email', 'unknown');
  await endAttempt(recording, await begin('developer', '/sign-out'), undefined);
  await endAttempt(recording, await begin('developer', '/sign-out', 'person_2'), { action: 'session_ended', personId: 'person_2' });
  // On the side of the operators a session began with the attempt; on the other one only an older session stands.
  for (const [side, at] of [
    ['operator', NOON + 80],
    ['developer', NOON - 80],
  ] as const) {
    await database.run(SESSION(side), ['s', 'person_1', new Date(at)]);
  }
  nowMs = NOON + ATTEMPT_MAX_MS - 1;
  expect(await recoverAttempts(recording)).toBe(0);
  await begin('operator', '/sign-in/email', 'person_3');
  nowMs = NOON + ATTEMPT_MAX_MS + 1;
  expect((await Promise.all([recoverAttempts(recording), recoverAttempts(recording)])).reduce((sum, one) => sum + one)).toBe(4);
  const attemptedAt = '2026-11-20T12:00:00.000Z';
  const entry = (action: string, side: Side, path: string, personId = 'person_1') => ({
    actor: personId,
    action: `person.${action}`,
    target: personId,
    before: null,
    after: { side, path, attemptedAt },
  });
  expect(recorded).toHaveLength(5);
  expect(recorded).toEqual(
    expect.arrayContaining([
      { actor: 'person_2', action: 'person.session_ended', target: 'person_2', before: null, after: { side: 'developer' } },
      entry('signed_in', 'operator', '/sign-in/email'),
      entry('attempt_interrupted', 'developer', '/sign-in/email'),
      entry('attempt_interrupted', 'operator', '/change-password'),
      entry('attempt_interrupted', 'developer', '/sign-in/email', 'unknown'),
    ]),
  );
  expect(await database.run('select person_id from access.sign_in_attempt', [])).toEqual([{ person_id: 'person_3' }]);
});
