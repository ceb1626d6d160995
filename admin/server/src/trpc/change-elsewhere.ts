// What belongs to another program is changed by it, in a transaction of its own, so that its entry in the admin log cannot be a part of that.
// Instead an attempt is written down before, and crossed out in the transaction that writes the entry. One that is still there after its time
// was cut short by a crash, or by an answer that was lost: its entry says that the change may have been made or not.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError, ERRORS } from '@portico/contracts/errors';
import type { AdminContext } from '../context.ts';
import { type Acting, acting, type RecordAction, type State } from './changing.ts';

export type ChangeElsewhere<Result> = {
  /** `webhook.paused`. */
  action: string;
  /** Id of what is changed, or of what the new thing belongs to. */
  about: string;
  /** Whose it is; the log's `before` and `after` say so too. */
  tenant: { readonly accountId: string; readonly mode: string };
  before?(): Promise<State>;
  work(): Promise<Result>;
  /** Id of a new thing; absent when it is `about`. */
  target?(result: Result): string;
  after(result: Result): State;
};

/** Longer than any request takes. */
export const CHANGE_MAX_MS = 120_000;
const RECOVERED_AT_ONCE = 100;
const RETRY_MS = 1_000;
const SERVER_FAULT = 500;

/**
 * Runs and records a change that another program commits by itself. No transaction is open meanwhile, for that can take longer than one may be
 * idle, and there are few connections for everybody.
 */
export async function changingElsewhere<Result>(context: Acting, change: ChangeElsewhere<Result>): Promise<Result> {
  const admin = acting(context);
  const { accountId, mode } = change.tenant;
  const found = await change.before?.();
  const before = found === undefined ? null : { accountId, mode, ...found };
  const id = await begin(admin, change, before);
  const result = await change.work().catch(async (error: unknown) => {
    // What is known is told, and not made to look interrupted because it cannot be written down at this moment.
    if (isRefusal(error)) await crossOut(admin.database.fork(), id).catch(() => void crossOutLater(admin, id));
    throw error;
  });
  const target = change.target?.(result) ?? change.about;
  await admin.database.fork().transactional(async (em) => {
    // Somebody who took it for interrupted has said so already: that is followed by what came of it.
    await crossOut(em, id);
    await context.recordAction(em, admin, { action: change.action, target, before, after: { accountId, mode, ...change.after(result) } });
  });
  return result;
}

/** The other program has said that it did nothing; any other failure may have been a change. */
function isRefusal(error: unknown): boolean {
  return error instanceof AppError && ERRORS[error.code].status < SERVER_FAULT;
}

async function begin(
  { database, actor, now }: AdminContext,
  { action, about, tenant }: Pick<ChangeElsewhere<unknown>, 'action' | 'about' | 'tenant'>,
  before: State | null,
): Promise<string> {
  const id = randomUUID();
  await database.run(
    `insert into access.change_attempt (id, at, actor, action, target, account_id, mode, before) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, now(), actor, action, about, tenant.accountId, tenant.mode, before === null ? null : JSON.stringify(before)],
  );
  return id;
}

async function crossOut(em: Pick<EntityManager, 'execute'>, id: string): Promise<void> {
  await em.execute('delete from access.change_attempt where id = ?', [id]);
}

async function crossOutLater({ database }: AdminContext, id: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < CHANGE_MAX_MS; waitedMs += RETRY_MS) {
    await pause(RETRY_MS, undefined, { ref: false });
    const isDone = await crossOut(database.fork(), id).then(
      () => true,
      () => false,
    );
    if (isDone) return;
  }
}

type Left = { at: string; actor: string; action: string; target: string; account_id: string; mode: string; before: State | null };

/** Records the changes that were cut short, as `webhook.paused_interrupted`. Answers how many there were. */
export function recoverChanges({ admin, recordAction }: { admin: AdminContext; recordAction: RecordAction }): Promise<number> {
  return admin.database.fork().transactional(async (em) => {
    const rows: Left[] = await em.execute(
      `delete from access.change_attempt where id in (
         select id from access.change_attempt where at < ? order by at limit ${RECOVERED_AT_ONCE} for update skip locked
       ) returning at, actor, action, target, account_id, mode, before`,
      [new Date(admin.now().getTime() - CHANGE_MAX_MS)],
    );
    for (const { at, actor, action, target, account_id: accountId, mode, before } of rows) {
      const after = { accountId, mode, attemptedAt: new Date(at).toISOString() };
      await recordAction(em, { actor, now: admin.now }, { action: `${action}_interrupted`, target, before, after });
    }
    return rows.length;
  });
}
