// Of an endpoint that the relay itself disabled its owners are told. A crash between the telling and the mark tells twice, never not at all.
import type { DisabledNotice, TellOwners } from '@portico/contracts/disabled-notice';
import type { Database } from '@portico/service-kit/database/orm';
import type { Logger } from '@portico/service-kit/logger';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { storedTime } from '../stored-time.ts';

const BATCH = 20;
const REASON = allTenants('notices of disabled endpoints');
const FIND = `${REASON}select e.id as "endpointId", e.account_id as "accountId", e.mode, e.url, e.disabled_reason as reason,
    e.disabled_at as "disabledAt", e.failing_since as "failingSince"
  from webhooks.endpoint e
  where e.disabled_at is not null and e.announced_at is null and e.status = 'disabled' and e.disabled_reason in ('gone', 'failing')
  order by e.disabled_at limit ${BATCH}`;
const MARK = `${REASON}update webhooks.endpoint e set announced_at = $2 where e.id = $1 and e.disabled_at = $3`;

/** One process at a time tells. Answers how many were told about; rejects when telling fails, and the rest waits for the next time. */
export function announceDisabled(
  database: Pick<Database, 'transaction' | 'run'>,
  { now, logger, tell }: { now: Date; logger: Logger; tell: TellOwners },
): Promise<number> {
  return database.transaction(async (run) => {
    const [turn] = await run('select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as held', ['webhook notices']);
    if (turn?.held !== true) return 0;
    const notices = (await run(FIND, [])).map(noticeOf);
    for (const notice of notices) {
      const { endpointId, accountId, reason, disabledAt } = notice;
      logger.warn({ operation: 'disable endpoint', endpointId, accountId, reason }, 'webhook endpoint disabled');
      await tell(notice);
      // At once and by itself: the next one's failure must not have this one told again.
      await database.run(MARK, [endpointId, now, disabledAt]);
    }
    return notices.length;
  });
}

function noticeOf(row: Readonly<Record<string, unknown>>): DisabledNotice {
  const { disabledAt, failingSince } = row;
  return { ...row, disabledAt: storedTime(disabledAt), failingSince: storedTime(failingSince, 'nullable') } as DisabledNotice;
}
