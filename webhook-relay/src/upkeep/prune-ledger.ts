import type { RunStatement } from '@portico/service-kit/reads/reads';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { KEPT_DAYS } from './keep-partitions.ts';

const BATCH = 500;
const TAKEN = `exists (select from webhooks.lease l where l.endpoint_id = d.endpoint_id and l.delivery_id = d.id)`;
const PRUNE = `${allTenants('retention')}with old as (
    select e.id from webhooks.event e where e.received_at < $1 order by e.received_at limit ${BATCH}
  ), abandoned as (
    delete from webhooks.lease l where l.leased_until < $1
  ), gone as (
    delete from webhooks.delivery d using old where d.event_id = old.id and not ${TAKEN}
  )
  delete from webhooks.event e using old
  where e.id = old.id and not exists (select from webhooks.delivery d where d.event_id = e.id and ${TAKEN})
  returning e.id`;

/** Deletes some of the events that are older than 30 days, with their deliveries: held ones too, for that is how long a hold lasts. */
export async function pruneLedger(run: RunStatement, now: Date): Promise<number> {
  const before = new Date(now);
  before.setUTCDate(before.getUTCDate() - KEPT_DAYS);
  return (await run(PRUNE, [before])).length;
}
