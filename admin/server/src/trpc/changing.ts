// A change that a person makes is recorded in the transaction that makes it, with what was before and what is after.
import type { EntityManager } from '@mikro-orm/postgresql';
import type { AdminContext } from '../context.ts';
import type { CallContext } from './context.ts';

/** What may be shown of a thing in the admin log: never a secret, a hash of one, or a sealed one. */
export type State = Readonly<Record<string, unknown>>;

export type RecordAction = (
  em: EntityManager,
  by: Pick<AdminContext, 'actor' | 'now'>,
  change: { action: string; target: string; before: State | null; after: State | null },
) => void | Promise<void>;

export type Change<Result> = {
  /** `member.invited`. */
  action: string;
  /** What is changed, as it was. Throws NOT_FOUND for what may not be seen; absent for what is new. */
  before?(inside: AdminContext): Promise<State>;
  work(inside: AdminContext): Promise<Result>;
  /** Id of what is changed; of a new thing, its own. */
  target: string | ((result: Result) => string);
  /** What has become of it; absent for what is gone. */
  after?(result: Result, inside: AdminContext): State | Promise<State>;
};

/** Who changes something, and where that is recorded. */
export type Acting = Pick<CallContext, 'admin' | 'recordAction'> & { person: { id: string } };

/** Runs and records a change. Use cases of accounts and keys do so themselves: they are called with `acting`. */
export function changing<Result>(context: Acting, change: Change<Result>): Promise<Result> {
  const admin = acting(context);
  return admin.database.fork().transactional(async (em) => {
    // Changes of one thing come one after the other: what one read before is what the last one left.
    if (typeof change.target === 'string') await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [change.target]);
    // Use cases open units of work of their own; here all of them are parts of this transaction.
    const database = { ...admin.database, fork: () => em.fork({ clear: true, keepTransactionContext: true }) };
    const inside: AdminContext = { ...admin, database };
    const before = (await change.before?.(inside)) ?? null;
    const result = await change.work(inside);
    const after = (await change.after?.(result, inside)) ?? null;
    const target = typeof change.target === 'string' ? change.target : change.target(result);
    await context.recordAction(em, admin, { action: change.action, target, before, after });
    return result;
  });
}

/** The admin service, asked by the person who is signed in. */
export function acting({ admin, person }: Pick<Acting, 'admin' | 'person'>): AdminContext {
  return { ...admin, actor: person.id };
}
