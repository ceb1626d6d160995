// Taking what is due, beside deliveries that are in somebody's hands and not written down yet, and however much of an endpoint waits behind the first of
// its object.
import { Migration } from '@mikro-orm/migrations';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';

/** Attempts under a rate are handed out up to this long before they may begin, each with its moment. */
const PACE_AHEAD = `interval '1 second'`;
const NOT_TAKEN = `not exists (select from webhooks.lease l
        where l.endpoint_id = d.endpoint_id and l.delivery_id = d.id and l.leased_until > moment)`;
/** The first of its object that waits. */
const HEAD = `d.position = (select head.position from webhooks.delivery head
          where head.endpoint_id = d.endpoint_id and head.aggregate_id = d.aggregate_id and head.status = 'pending'
          order by head.position limit 1)`;

/**
 * So many due rows of an endpoint are looked at for one that can be taken. When so many wait behind others of their objects, it is crowded: they are put
 * aside, out of the index of what is due, until those before them are over. Caps are at most 100, so what is in hand does not fill what is looked at.
 */
const LOOKED_AT_MAX = 100;
/** What one claim puts aside, in some 30 ms. Whoever hears of it goes on. */
const PUT_ASIDE_MAX = 200;

/**
 * Statistics are older than a burst, so the planner would guess, and it guesses wrong: leases are gone as soon as they are made, and a plan that reads
 * the table, or a bitmap of it, reads all that are gone. All that is looked up here has an index in its order.
 */
const BY_INDEX = `set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_sort = off set jit = off`;

/**
 * Endpoints that have something to be taken, those first for which something has been due longest. What waits behind a retry of its object, or for a moment or
 * a slot of its endpoint, may have been due longer than all that can be taken: its endpoint must not have the place of one that can be served. Some
 * index probes per active endpoint that is looked at. What is asked as a subquery is hashed, once; `any` compares with each of hundreds.
 */
const LOCK = `with looked as (
    select e.* from webhooks.endpoint e where looked_at is null
    union all select e.* from (select distinct unnest(looked_at) as id) l join webhooks.endpoint e on e.id = l.id
  ), due as materialized (
    select e.id, (e.circuit_failures > 0 or e.id in (select unnest(slow))) as failing, e.concurrency, first.at, first.place
    from looked e cross join lateral (
      select d.next_attempt_at as at, d.place from (
        select d.*, row_number() over (order by d.next_attempt_at, d.position) as place from (
          select d.endpoint_id, d.aggregate_id, d.position, d.next_attempt_at from webhooks.delivery d
          where d.endpoint_id = e.id and d.status = 'pending' and d.next_attempt_at <= moment and ${NOT_TAKEN}
          order by d.next_attempt_at, d.position limit ${LOOKED_AT_MAX}) d) d
      where d.place = ${LOOKED_AT_MAX} or ${HEAD}
      order by d.next_attempt_at, d.position limit 1) first
    where e.status = 'active' and (e.gate_until is null or e.gate_until <= moment) and e.id not in (select unnest(busy))
      and (coalesce(e.rate_per_second, e.drain_per_second) is null or e.paced_until is null or e.paced_until <= moment + ${PACE_AHEAD})
  ), able as (
    select due.* from due where place < ${LOOKED_AT_MAX} and (select count(*) from webhooks.lease l where l.endpoint_id = due.id and l.leased_until > moment)
      < case when due.failing then 1 else due.concurrency end
  ), first_due as (
    (select id from able where not failing order by at limit free) union all (select id from able where failing order by at limit free_for_failing)
  ), locked as (
    select e.id from first_due f join webhooks.endpoint e on e.id = f.id order by e.id for no key update of e
  )
  select array(select id from locked), array(select id from due where place = ${LOOKED_AT_MAX}) into ids, crowded`;

/**
 * Per endpoint no more than it has room for, and of what is free no more than twice its share: the rest is not worth looking at. Over all of them first
 * the first of each, then the second of each. Of an aggregate only the head of its line fits, and nothing
 * while one of it is in somebody's hands. What is of the event stands in one row of those that share it.
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
      )::int as room,
      array(select l.aggregate_id from webhooks.lease l where l.endpoint_id = e.id and l.aggregate_id is not null) as in_hand
    from webhooks.endpoint e
    where e.id = any(ids) and e.status = 'active' and (e.gate_until is null or e.gate_until <= moment)
  ), fitting as (
    select ready.*, d.id as delivery_id, d.next_attempt_at as due, d.account_id, d.mode, d.event_id, d.attempts, d.attempts_total,
      row_number() over (partition by ready.id order by d.next_attempt_at, d.position) as turn
    from ready cross join lateral (
      select d.* from (select d.* from webhooks.delivery d
        where d.endpoint_id = ready.id and d.status = 'pending' and d.next_attempt_at <= moment and ${NOT_TAKEN}
        order by d.next_attempt_at, d.position limit ${2 * LOOKED_AT_MAX} + greatest(ready.room, 0)) d
      where d.aggregate_id <> all(ready.in_hand) and ${HEAD}
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
        or exists (select from webhooks.delivery d where d.endpoint_id = e.id and d.status = 'pending' and d.next_attempt_at is null)
        then e.drain_per_second end
    from (select id, rate, paced_from, count(*) as taken from chosen group by 1, 2, 3) n
    where e.id = n.id and (n.rate is not null or e.paced_until is not null or e.circuit = 'open')
  )
  select c.delivery_id, c.account_id, c.mode, c.event_id, c.id, c.attempts, c.version, c.failed, c.failing, c.rate,
    coalesce(extract(epoch from c.paced_from - moment) * 1000 + (c.turn - 1) * 1000.0 / c.rate, 0)::float8,
    e.type, e.payload, e.occurred_at, e.traceparent, c.attempts_total
  from (select chosen.*, row_number() over (partition by event_id order by turn) = 1 as tells from chosen) c
    left join webhooks.event e on c.tells and e.id = c.event_id order by c.turn`;

/**
 * Who is before somebody is held while that one is put aside, so that he sees it when he is over and lets it go. One who is just being completed, or put aside
 * behind by another process, is left alone: nobody waits for anybody here.
 */
const PUT_ASIDE = `with blocked as materialized (
    select d.id, head.id as head_id from unnest(crowded) as e(id) cross join lateral (
      select d.id, d.endpoint_id, d.aggregate_id, d.position from webhooks.delivery d
      where d.endpoint_id = e.id and d.status = 'pending' and d.next_attempt_at <= moment and ${NOT_TAKEN}
      order by d.next_attempt_at, d.position limit ${PUT_ASIDE_MAX}) d
    cross join lateral (select head.id, head.position from webhooks.delivery head
      where head.endpoint_id = d.endpoint_id and head.aggregate_id = d.aggregate_id and head.status = 'pending'
      order by head.position limit 1) head
    where head.position < d.position limit ${PUT_ASIDE_MAX}
  ), heads as materialized (
    select h.id from webhooks.delivery h
    where h.id = any(array(select distinct head_id from blocked)) and coalesce(h.status, '') = 'pending' for no key update skip locked
  ), held as materialized (
    select d.id from webhooks.delivery d where d.id = any(array(select b.id from blocked b where b.head_id in (select h.id from heads h)))
      and coalesce(d.status, '') = 'pending' for no key update skip locked
  ), aside as (
    update webhooks.delivery d set next_attempt_at = null where d.id = any(array(select held.id from held)) returning d.endpoint_id
  )
  select array(select distinct a.endpoint_id from aside a) into crowded`;

export class PutLinesAside extends Migration {
  override up(): void {
    // Who looks at all endpoints first writes down what has been in hand for a second. Putting aside comes last: what it holds must not be held while something
    // is waited for.
    this.addSql(`${allTenants('deliveries that are due')}create or replace function webhooks.claim(moment timestamptz, looked_at text[], busy text[], slow text[],
        free int, free_for_failing int, new_lease uuid, ends_at timestamptz)
      returns table ("id" text, "accountId" text, "mode" text, "eventId" text, "endpointId" text, "attempts" int, "endpointVersion" int,
        "endpointFailed" boolean, "endpointFailing" boolean, "ratePerSecond" int, "waitMs" float8, "eventType" text, "payload" jsonb,
        "occurredAt" timestamptz, "traceparent" text, "attemptsTotal" int)
      language plpgsql ${BY_INDEX} as $$
      #variable_conflict use_column
      declare ids text[]; crowded text[];
      begin
        perform set_config('synchronous_commit', 'off', true);
        if looked_at is null then perform webhooks.write_down(moment); end if;
        for look in 1..2 loop
          ${LOCK};
          exit when cardinality(ids) = 0;
          return query ${TAKE};
          exit when found or cardinality(ids) < free;
        end loop;
        if cardinality(crowded) > 0 then
          ${PUT_ASIDE};
          if cardinality(crowded) > 0 then perform pg_notify('webhook_due', 'claim ' || array_to_string(crowded, ' ')); end if;
        end if;
      end $$`);
  }
}
