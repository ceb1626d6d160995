// Takes deliveries that are due, for this process and for the time of a lease. Whoever claims holds the endpoints' rows for the length of the
// transaction, always in the order of their ids: so the caps of an endpoint hold across processes, and nobody waits in a circle. The deliveries
// themselves are not touched: one whose lease has ended and that nobody completed is due as it was.
import { randomUUID } from 'node:crypto';
import type { Database } from '@portico/service-kit/orm';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { storedTime } from '../stored-time.ts';
import type { ClaimedDelivery } from './claimed-delivery.ts';

export type ClaimRequest = {
  /** Endpoints to look at; null for all. */
  readonly endpoints: readonly string[] | null;
  /** Endpoints that have all they may have in this process. */
  readonly full: readonly string[];
  /** Endpoints of which an attempt hangs: they count as failing before the attempt has failed. */
  readonly slow: readonly string[];
  /** Deliveries to take at most, and of these for failing endpoints. */
  readonly free: number;
  readonly freeForFailing: number;
  readonly now: Date;
  readonly leaseMs: number;
};

/** Attempts under a rate are handed out up to this long before they may begin, each with its moment. */
const PACE_AHEAD = `interval '1 second'`;
const REASON = allTenants('deliveries that are due');
const NOT_TAKEN = `not exists (select from webhooks.lease l
        where l.endpoint_id = d.endpoint_id and l.delivery_id = d.id and l.leased_until > $1)`;

/** One index probe per active endpoint that is looked at. */
const LOCK = `${REASON}with due as (
    select e.id, (e.circuit_failures > 0 or e.id = any($4)) as failing, first.at
    from webhooks.endpoint e cross join lateral (
      select d.next_attempt_at as at from webhooks.delivery d
      where d.endpoint_id = e.id and d.status = 'pending' and d.next_attempt_at <= $1 and ${NOT_TAKEN}
      order by d.next_attempt_at, d.position limit 1) first
    where e.status = 'active' and (e.gate_until is null or e.gate_until <= $1)
      and ($2::text[] is null or e.id = any($2)) and e.id <> all($3)
  )
  select e.id from webhooks.endpoint e
  where e.id in ((select id from due where not failing order by at limit $5) union all (select id from due where failing order by at limit $6))
  order by e.id for no key update of e`;

/**
 * Per endpoint no more than it has room for; over all of them first the first of each, then the second of each. Of an aggregate only the head of
 * its line fits, which is one index lookup per delivery that is looked at.
 */
const CLAIM = `${REASON}with ready as materialized (
    select e.id, e.version, e.circuit_failures > 0 as failed, (e.circuit_failures > 0 or e.id = any($3)) as failing,
      least(e.rate_per_second, e.drain_per_second) as rate, greatest(e.paced_until, $1::timestamptz) as paced_from,
      least(
        case when e.circuit_failures > 0 or e.id = any($3) then 1 else e.concurrency end - (select count(*) from webhooks.lease l
          where l.endpoint_id = e.id and l.leased_until > $1),
        floor(extract(epoch from $1::timestamptz + ${PACE_AHEAD} - greatest(e.paced_until, $1::timestamptz))
          * least(e.rate_per_second, e.drain_per_second)) + 1
      )::int as room
    from webhooks.endpoint e
    where e.id = any($2) and e.status = 'active' and (e.gate_until is null or e.gate_until <= $1)
  ), fitting as (
    select ready.*, d.id as delivery_id, d.next_attempt_at as due, d.account_id, d.mode, d.event_id, d.attempts, d.attempts_total,
      row_number() over (partition by ready.id order by d.next_attempt_at, d.position) as turn
    from ready cross join lateral (
      select d.id, d.next_attempt_at, d.position, d.account_id, d.mode, d.event_id, d.attempts, d.attempts_total from webhooks.delivery d
      where d.endpoint_id = ready.id and d.status = 'pending' and d.next_attempt_at <= $1 and ${NOT_TAKEN}
        and d.position = (select head.position from webhooks.delivery head
          where head.endpoint_id = d.endpoint_id and head.aggregate_id = d.aggregate_id and head.status = 'pending'
          order by head.position limit 1)
      order by d.next_attempt_at, d.position limit greatest(ready.room, 0)) d
  ), chosen as (
    select * from (select fitting.*, row_number() over (partition by failing order by turn, due) as place from fitting) ranked
    where not failing or place <= $5
    order by failing, turn, due limit $4
  ), taken as (
    insert into webhooks.lease (endpoint_id, delivery_id, lease, leased_until) select id, delivery_id, $6, $7 from chosen
    on conflict (endpoint_id, delivery_id) do update set lease = excluded.lease, leased_until = excluded.leased_until
  ), moved as (
    update webhooks.endpoint e set
      paced_until = case when n.rate is null then null else n.paced_from + interval '1 second' * n.taken / n.rate end,
      circuit = case when e.circuit = 'open' then 'half-open' else e.circuit end,
      drain_per_second = case when exists (select from webhooks.delivery d
        where d.endpoint_id = e.id and d.status = 'pending' and d.next_attempt_at <= $1 and d.id not in (select delivery_id from chosen)
          and ${NOT_TAKEN})
        then e.drain_per_second end
    from (select id, rate, paced_from, count(*) as taken from chosen group by 1, 2, 3) n
    where e.id = n.id and (n.rate is not null or e.paced_until is not null or e.circuit = 'open')
  )
  select c.delivery_id as id, c.account_id as "accountId", c.mode, c.event_id as "eventId", c.id as "endpointId", c.attempts,
    c.version as "endpointVersion", c.failed as "endpointFailed", c.failing as "endpointFailing", c.rate as "ratePerSecond",
    coalesce(extract(epoch from c.paced_from - $1::timestamptz) * 1000 + (c.turn - 1) * 1000.0 / c.rate, 0)::float8 as "waitMs",
    e.type as "eventType", e.payload, e.occurred_at as "occurredAt", e.traceparent, c.attempts_total as "attemptsTotal"
  from chosen c join webhooks.event e on e.id = c.event_id order by c.turn`;

type Claimed = { readonly deliveries: ClaimedDelivery[]; readonly looked: number };

/**
 * Four statements for a batch, three when nothing is due; begin and commit among them. When it looked at as many endpoints as it may and
 * another process, woken by the same events, had taken all of theirs, it looks once more: others wait behind them.
 */
export async function claimDeliveries(database: Pick<Database, 'transaction'>, request: ClaimRequest): Promise<ClaimedDelivery[]> {
  const { deliveries, looked } = await claimOnce(database, request);
  return deliveries.length > 0 || looked < request.free ? deliveries : (await claimOnce(database, request)).deliveries;
}

/** `looked`: at so many endpoints with something due. */
async function claimOnce(database: Pick<Database, 'transaction'>, request: ClaimRequest): Promise<Claimed> {
  const { endpoints, full, slow, free, freeForFailing, now, leaseMs } = request;
  const lease = randomUUID();
  return database.transaction(async (run) => {
    const locked = await run(LOCK, [now, endpoints, full, slow, free, freeForFailing]);
    if (locked.length === 0) return { deliveries: [], looked: 0 };
    const until = new Date(now.getTime() + leaseMs);
    const ids = locked.map(({ id }) => id);
    const rows = await run(CLAIM, [now, ids, slow, free, freeForFailing, lease, until]);
    const deliveries = rows.map((row) => ({ ...row, lease, occurredAt: storedTime(row.occurredAt) }) as ClaimedDelivery);
    return { deliveries, looked: locked.length };
  });
}
