import type { RunStatement } from '@portico/service-kit/reads/reads';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';

/** One index probe for each endpoint that something waits for. */
const CANCEL = `${allTenants('what waits for endpoints that are no more')}with recursive waiting as (
    (select d.endpoint_id from webhooks.delivery d where d.status = 'pending' order by d.endpoint_id limit 1)
    union all
    select (select d.endpoint_id from webhooks.delivery d
      where d.status = 'pending' and d.endpoint_id > w.endpoint_id order by d.endpoint_id limit 1)
    from waiting w where w.endpoint_id is not null
  ), deleted as (
    select w.endpoint_id from waiting w
    where w.endpoint_id is not null and not exists (select from webhooks.endpoint e where e.id = w.endpoint_id)
  )
  update webhooks.delivery d set status = 'cancelled', completed_at = $1, next_attempt_at = null
  from deleted where d.endpoint_id = deleted.endpoint_id and d.status = 'pending' returning d.id`;

/**
 * A deletion cancels what waits. What fan-out or a replay writes at the same moment it does not see; that would wait for ever. Answers how many.
 */
export async function cancelOrphans(run: RunStatement, now: Date): Promise<number> {
  return (await run(CANCEL, [now])).length;
}
