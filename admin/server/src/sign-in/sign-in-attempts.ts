// What people do to get in and out is done by better-auth in transactions of its own, so that its entry in the admin log cannot be a part of
// them. Instead an attempt is written down before, and crossed out in the transaction that writes the entry. An attempt that is still there
// after its time was cut short by a crash: its entry is made good from what is left of it.
import { randomUUID } from 'node:crypto';
import type { AdminContext } from '../context.ts';
import { SIDES, type Side } from '../sides.ts';
import type { RecordAction } from '../trpc/changing.ts';
import { endSessions } from './end-sessions.ts';

export type Attempt = { readonly id: string; readonly side: Side; readonly path: string; readonly personId: string };
export type Event = { readonly action: string; readonly personId: string };
type Recording = { admin: AdminContext; recordAction: RecordAction };

/** Longer than any request takes. */
export const ATTEMPT_MAX_MS = 120_000;
const RECOVERED_AT_ONCE = 100;
/** The new password is one transaction, the end of the sessions that began with the old one another. */
const NEW_PASSWORDS: ReadonlySet<unknown> = new Set(['/reset-password', '/change-password']);

export async function beginAttempt({ database, now }: AdminContext, given: Omit<Attempt, 'id'>): Promise<Attempt> {
  const attempt = { id: randomUUID(), ...given };
  await database.run('insert into access.sign_in_attempt (id, at, side, path, person_id) values ($1, $2, $3, $4, $5)', [
    attempt.id,
    now(),
    attempt.side,
    attempt.path,
    attempt.personId,
  ]);
  return attempt;
}

/** Crosses the attempt out and records what came of it, both or neither; `undefined` when nothing did that the log has. */
export async function endAttempt({ admin, recordAction }: Recording, attempt: Attempt, event: Event | undefined): Promise<void> {
  if (event === undefined) return void (await admin.database.run('delete from access.sign_in_attempt where id = $1', [attempt.id]));
  await admin.database.fork().transactional(async (em) => {
    await em.execute('delete from access.sign_in_attempt where id = ?', [attempt.id]);
    await recordAction(
      em,
      { actor: event.personId, now: admin.now },
      { action: `person.${event.action}`, target: event.personId, before: null, after: { side: attempt.side } },
    );
  });
}

/**
 * Records the attempts that a crash cut short: `person.signed_in` where a session stands that began with it, `person.attempt_interrupted` with
 * what was asked for otherwise, for it may have been done or not. Where it may have left a new password, all sessions end. Answers how many
 * there were.
 */
export async function recoverAttempts({ admin, recordAction }: Recording): Promise<number> {
  return admin.database.fork().transactional(async (em) => {
    const before = new Date(admin.now().getTime() - ATTEMPT_MAX_MS);
    const rows: Record<string, unknown>[] = await em.execute(
      `delete from access.sign_in_attempt where id in (
         select id from access.sign_in_attempt where at < ? order by at limit ${RECOVERED_AT_ONCE} for update skip locked
       ) returning at, side, path, person_id, ${SIGNED_IN} as signed_in`,
      [before],
    );
    for (const row of rows) {
      const personId = String(row.person_id);
      if (NEW_PASSWORDS.has(row.path)) await endSessions(em, personId);
      const attempted = { side: row.side, path: row.path, attemptedAt: new Date(String(row.at)).toISOString() };
      const action = row.signed_in === true ? 'person.signed_in' : 'person.attempt_interrupted';
      await recordAction(em, { actor: personId, now: admin.now }, { action, target: personId, before: null, after: attempted });
    }
    return rows.length;
  });
}

const ATTEMPT_MAX = `interval '${ATTEMPT_MAX_MS} milliseconds'`;
const SIGNED_IN = Object.keys(SIDES)
  .map(
    (side) => `(side = '${side}' and path like any (array['/sign-in/%', '/two-factor/verify-%']) and exists (
      select from access.${side}_session s where s.user_id = person_id and s.created_at between at and at + ${ATTEMPT_MAX}))`,
  )
  .join(' or ');
