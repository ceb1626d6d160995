import { publishDeliveryNews } from '@portico/service-kit/metrics/delivery-state';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';

const COUNTED_MAX = 10_000;
/** Of an endpoint so many that are due are looked at for one that the line of its object does not keep back. */
const LOOKED_AT_MAX = 20;

/** What waits, endpoint by endpoint: however much one has, it does not hide the others. */
const waiting = (endpoints: string): string => `(select count(*)::int from (select from webhooks.endpoint e
    cross join lateral (select from webhooks.delivery d where d.endpoint_id = e.id and d.status = 'pending' limit ${COUNTED_MAX}) d
    where ${endpoints} limit ${COUNTED_MAX}) counted)`;

/** Late is what the relay could send by now and nobody has taken. Whom the endpoint's gate, failures, pace or an earlier event of the object keep back is not. */
const LATE = `(select extract(epoch from $1::timestamptz - min(greatest(first.at, e.gate_until))) from webhooks.endpoint e cross join lateral (
    select min(due.next_attempt_at) as at from (select d.aggregate_id, d.position, d.next_attempt_at from webhooks.delivery d
      where d.endpoint_id = e.id and d.status = 'pending' and d.next_attempt_at <= $1 and not exists (select from webhooks.lease l
        where l.endpoint_id = e.id and l.delivery_id = d.id and l.leased_until > $1)
      order by d.next_attempt_at, d.position limit ${LOOKED_AT_MAX}) due
    where due.position = (select head.position from webhooks.delivery head
      where head.endpoint_id = e.id and head.aggregate_id = due.aggregate_id and head.status = 'pending' order by head.position limit 1)) first
  where first.at is not null and e.status = 'active' and e.circuit_failures = 0 and e.rate_per_second is null and e.drain_per_second is null
    and (e.gate_until is null or e.gate_until <= $1))`;

const MEASURE = `${allTenants('the backlog as a whole')}select ${waiting(`e.status = 'active'`)} as pending, ${waiting(`e.status <> 'active'`)} as held,
  coalesce(${LATE}, 0)::float8 as late,
  (select count(*)::int from (select from webhooks.delivery d where d.status = 'dead' limit ${COUNTED_MAX}) ended) as dead`;

/** Publishes how much waits. One statement, by partial indexes, over at most 30,000 deliveries and some probes for each endpoint. */
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
