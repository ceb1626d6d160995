import { Migration } from '@mikro-orm/migrations';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';

/** Attempts under a rate are handed out up to this long before they may begin, each with its moment. */
const PACE_AHEAD = `interval '1 second'`;
const NOT_TAKEN = `not exists (select from webhooks.lease l
        where l.endpoint_id = d.endpoint_id and l.delivery_id = d.id and l.leased_until > moment)`;

/**
 * Statistics are older than a burst, so the planner would guess, and it guesses wrong: leases are gone as soon as they are made, and a plan that reads
 * the table, or a bitmap of it, reads all that are gone. All that is looked up here has an index in its order.
 */
const BY_INDEX = `set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_sort = off set jit = off`;

/** One index probe per active endpoint that is looked at. What is asked as a subquery is hashed, once; `any` compares with each of hundreds. */
const LOCK = `with looked as (
    select e.* from webhooks.endpoint e where looked_at is null
    union all select e.* from (select distinct unnest(looked_at) as id) l join webhooks.endpoint e on e.id = l.id
  ), due as (
    select e.id, (e.circuit_failures > 0 or e.id in (select unnest(slow))) as failing, first.at
    from looked e cross join lateral (
      select d.next_attempt_at as at from webhooks.delivery d
      where d.endpoint_id = e.id and d.status = 'pending' and d.next_attempt_at <= moment and ${NOT_TAKEN}
      order by d.next_attempt_at, d.position limit 1) first
    where e.status = 'active' and (e.gate_until is null or e.gate_until <= moment) and e.id not in (select unnest(busy))
  ), first_due as (
    (select id from due where not failing order by at limit free) union all (select id from due where failing order by at limit free_for_failing)
  )
  select e.id from first_due f join webhooks.endpoint e on e.id = f.id order by e.id for no key update of e`;

/**
 * Per endpoint no more than it has room for, and of what is free no more than twice its share: the rest is not worth looking at. Over all of them first
 * the first of each, then the second of each. Of an aggregate only the head of its line fits, which is one index lookup per delivery that is looked
 * at. What is of the event stands in one row of those that share it.
 */
const TAKE = `with ready as materialized (
    select e.id, e.version, e.circuit_failures > 0 as failed, (e.circuit_failures > 0 or e.id in (select unnest(slow))) as failing,
      least(e.rate_per_second, e.drain_per_second) as rate, greatest(e.paced_until, moment) as paced_from,
      least(
        case when e.circuit_failures > 0 or e.id in (select unnest(slow)) then 1 else e.concurrency end - (select count(*) from webhooks.lease l
          where l.endpoint_id = e.id and l.leased_until > moment),
        floor(extract(epoch from moment + ${PACE_AHEAD} - greatest(e.paced_until, moment))
          * least(e.rate_per_second, e.drain_per_second)) + 1,
        ceil(2.0 * free / cardinality(ids))
      )::int as room
    from webhooks.endpoint e
    where e.id = any(ids) and e.status = 'active' and (e.gate_until is null or e.gate_until <= moment)
  ), fitting as (
    select ready.*, d.id as delivery_id, d.next_attempt_at as due, d.account_id, d.mode, d.event_id, d.attempts, d.attempts_total,
      row_number() over (partition by ready.id order by d.next_attempt_at, d.position) as turn
    from ready cross join lateral (
      select d.id, d.next_attempt_at, d.position, d.account_id, d.mode, d.event_id, d.attempts, d.attempts_total from webhooks.delivery d
      where d.endpoint_id = ready.id and d.status = 'pending' and d.next_attempt_at <= moment and ${NOT_TAKEN}
        and d.position = (select head.position from webhooks.delivery head
          where head.endpoint_id = d.endpoint_id and head.aggregate_id = d.aggregate_id and head.status = 'pending'
          order by head.position limit 1)
      order by d.next_attempt_at, d.position limit greatest(ready.room, 0)) d
  ), chosen as (
    select * from (select fitting.*, row_number() over (partition by failing order by turn, due) as place from fitting) ranked
    where not failing or place <= free_for_failing
    order by failing, turn, due limit free
  ), taken as (
    insert into webhooks.lease (endpoint_id, delivery_id, lease, leased_until) select id, delivery_id, new_lease, ends_at from chosen
    on conflict (endpoint_id, delivery_id) do update set lease = excluded.lease, leased_until = excluded.leased_until
  ), moved as (
    update webhooks.endpoint e set
      paced_until = case when n.rate is null then null else n.paced_from + interval '1 second' * n.taken / n.rate end,
      circuit = case when e.circuit = 'open' then 'half-open' else e.circuit end,
      drain_per_second = case when exists (select from webhooks.delivery d
        where d.endpoint_id = e.id and d.status = 'pending' and d.next_attempt_at <= moment and d.id not in (select delivery_id from chosen)
          and ${NOT_TAKEN})
        then e.drain_per_second end
    from (select id, rate, paced_from, count(*) as taken from chosen group by 1, 2, 3) n
    where e.id = n.id and (n.rate is not null or e.paced_until is not null or e.circuit = 'open')
  )
  select c.delivery_id, c.account_id, c.mode, c.event_id, c.id, c.attempts, c.version, c.failed, c.failing, c.rate,
    coalesce(extract(epoch from c.paced_from - moment) * 1000 + (c.turn - 1) * 1000.0 / c.rate, 0)::float8,
    e.type, e.payload, e.occurred_at, e.traceparent, c.attempts_total
  from (select chosen.*, row_number() over (partition by event_id order by turn) = 1 as tells from chosen) c
    left join webhooks.event e on c.tells and e.id = c.event_id order by c.turn`;

/** What became of deliveries, for those whose lease still stands. One lookup each, and one for each endpoint: a join would read all that is due. */
const COMPLETE = `with held as (
    delete from webhooks.lease l
    using unnest(delivery_ids, endpoint_ids, leases, statuses, spent, attempted, next_at, completed_at, reasons, answered)
      as g(delivery_id, endpoint_id, lease, status, spent, attempted, next_at, completed_at, reason, answered)
    where l.endpoint_id = g.endpoint_id and l.delivery_id = g.delivery_id and l.lease = g.lease::uuid
    returning g.*
  ), done as (
    update webhooks.delivery d set status = g.status, attempts = d.attempts + g.spent::int, next_attempt_at = g.next_at::timestamptz,
      completed_at = g.completed_at::timestamptz, attempts_total = d.attempts_total + g.attempted::int,
      last_error = case when g.attempted = '0' then d.last_error else g.reason end,
      last_response_status = case when g.attempted = '0' then d.last_response_status else g.answered::int end
    from held g where d.id = g.delivery_id and d.status = 'pending'
    returning d.id
  )
  select coalesce(array_agg(id), '{}') into stood from done`;
const MORE = `select e.id from (select distinct unnest(endpoint_ids) as id) e cross join lateral (
    select from webhooks.delivery d where d.endpoint_id = e.id and d.status = 'pending' and d.next_attempt_at <= moment and ${NOT_TAKEN}
    order by d.next_attempt_at, d.position limit 1) d`;

export class ByIndex extends Migration {
  override up(): void {
    // A claim is a function because it is two statements, and the second must see what others had taken when the first got its locks: so it is one
    // round trip. When it looked at as many endpoints as it may, and another process, woken by the same events, had taken all of theirs, it
    // looks once more: others wait behind them. Its commit does not wait for the disk: a lease that PostgreSQL forgets when its machine dies is
    // a delivery that is due as it was, and goes out twice.
    this.addSql(`${allTenants('deliveries that are due')}create or replace function webhooks.claim(moment timestamptz, looked_at text[], busy text[], slow text[],
        free int, free_for_failing int, new_lease uuid, ends_at timestamptz)
      returns table ("id" text, "accountId" text, "mode" text, "eventId" text, "endpointId" text, "attempts" int, "endpointVersion" int,
        "endpointFailed" boolean, "endpointFailing" boolean, "ratePerSecond" int, "waitMs" float8, "eventType" text, "payload" jsonb,
        "occurredAt" timestamptz, "traceparent" text, "attemptsTotal" int)
      language plpgsql ${BY_INDEX} as $$
      #variable_conflict use_column
      declare ids text[];
      begin
        perform set_config('synchronous_commit', 'off', true);
        for look in 1..2 loop
          ids := array(${LOCK});
          exit when cardinality(ids) = 0;
          return query ${TAKE};
          exit when found or cardinality(ids) < free;
        end loop;
      end $$`);
    // A success that PostgreSQL forgets when its machine dies is sent again; all else is said to last. Of an endpoint that somebody holds there is more
    // to say, and nobody waits for a note.
    this.addSql(`${allTenants('what became of attempts')}create function webhooks.complete(moment timestamptz, lasting boolean, noted text[],
        delivery_ids text[], endpoint_ids text[], leases text[], statuses text[], spent text[], attempted text[], next_at text[], completed_at text[],
        reasons text[], answered text[])
      returns table (stood text[], waiting text[])
      language plpgsql ${BY_INDEX} as $$
      #variable_conflict use_column
      begin
        if not lasting then perform set_config('synchronous_commit', 'off', true); end if;
        ${COMPLETE};
        update webhooks.endpoint e set last_succeeded_at = moment
        from (select n.id from webhooks.endpoint n where n.id = any(noted) for no key update skip locked) n where e.id = n.id;
        waiting := array(${MORE});
        return next;
      end $$`);
  }
}
