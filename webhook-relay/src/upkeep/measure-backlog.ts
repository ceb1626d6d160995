import { publishDeliveryNews } from '@portico/service-kit/metrics/delivery-state';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';

const MEASURE = `${allTenants('the backlog as a whole')}select count(*) filter (where e.status = 'active')::int as pending,
    count(*) filter (where e.status <> 'active')::int as held,
    coalesce(extract(epoch from $1::timestamptz - min(w.next_attempt_at) filter (where e.status = 'active' and e.gate_until is null)), 0)::float8 as late,
    (select count(*)::int from (select from webhooks.delivery d where d.status = 'dead' limit 10000) ended) as dead
  from (select d.endpoint_id, d.next_attempt_at from webhooks.delivery d where d.status = 'pending' limit 10000) w
  join webhooks.endpoint e on e.id = w.endpoint_id`;

/** Publishes how much waits. One statement over at most 20,000 rows, found by partial indexes. */
export async function measureBacklog(run: RunStatement, now: Date): Promise<void> {
  const [row] = await run(MEASURE, [now]);
  const oldestDueSeconds = Math.max(0, Number(row?.late));
  publishDeliveryNews({
    kind: 'backlog',
    pending: Number(row?.pending),
    held: Number(row?.held),
    dead: Number(row?.dead),
    oldestDueSeconds,
  });
}
