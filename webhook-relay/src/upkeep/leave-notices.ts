// What owners of an endpoint have to know: the relay disabled it, or a delivery to it ran out of attempts. A crash between the telling and the
// mark tells twice, never not at all.
import type { TellOwners, WebhookNotice } from '@portico/contracts/webhook-notice';
import type { Database } from '@portico/service-kit/database/orm';
import type { Logger } from '@portico/service-kit/logger';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { storedTime } from '../stored-time.ts';

const BATCH = 20;
const REASON = allTenants('notices to owners of endpoints');
const COLUMNS = `e.id as "endpointId", e.account_id as "accountId", e.mode, e.url, e.failing_since as "failingSince"`;
/** Of deliveries that ran out they are told once until one succeeds, and once a day at most: who refuses a single event is no news each time. */
const FIND = `${REASON}select * from (
    select ${COLUMNS}, e.disabled_reason as reason, e.disabled_at as at from webhooks.endpoint e
    where e.disabled_at is not null and e.announced_at is null and e.status = 'disabled' and e.disabled_reason in ('gone', 'failing')
    union all
    select ${COLUMNS}, 'exhausted', e.exhausted_at from webhooks.endpoint e
    where e.exhausted_at is not null and e.status <> 'disabled'
      and (e.exhausted_told_at is null or (e.exhausted_at > e.exhausted_told_at and e.exhausted_told_at <= $1::timestamptz - interval '1 day'))
  ) untold order by at limit ${BATCH}`;
const MARK_DISABLED = `${REASON}update webhooks.endpoint e set announced_at = $2 where e.id = $1 and e.disabled_at = $3`;
const MARK_EXHAUSTED = `${REASON}update webhooks.endpoint e set exhausted_told_at = greatest($2::timestamptz, $3::timestamptz) where e.id = $1`;

/**
 * One process at a time tells. Answers how many were told about; rejects when telling one failed, after it has told the others. It comes again the
 * next time.
 */
export function leaveNotices(
  database: Pick<Database, 'transaction' | 'run'>,
  { now, logger, tell }: { now: Date; logger: Logger; tell: TellOwners },
): Promise<number> {
  return database.transaction(async (run) => {
    // It waits for who is told, and holds nobody's rows.
    await run('set local idle_in_transaction_session_timeout = 0', []);
    const [turn] = await run('select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as held', ['webhook notices']);
    if (turn?.held !== true) return 0;
    const notices = (await run(FIND, [now])).map(noticeOf);
    const failures: unknown[] = [];
    for (const notice of notices) {
      const { endpointId, accountId, reason, at } = notice;
      logger.warn({ operation: 'leave notice', endpointId, accountId, reason }, NEWS[reason]);
      try {
        await tell(notice);
        // At once and by itself: the next one's failure must not have this one told again.
        await database.run(reason === 'exhausted' ? MARK_EXHAUSTED : MARK_DISABLED, [endpointId, now, at]);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${notices.length} notices could not be left.`);
    return notices.length;
  });
}

const NEWS: Readonly<Record<WebhookNotice['reason'], string>> = {
  gone: 'webhook endpoint disabled',
  failing: 'webhook endpoint disabled',
  exhausted: 'a webhook delivery ran out of attempts',
};

function noticeOf(row: Readonly<Record<string, unknown>>): WebhookNotice {
  const { at, failingSince } = row;
  return { ...row, at: storedTime(at), failingSince: storedTime(failingSince, 'nullable') } as WebhookNotice;
}
