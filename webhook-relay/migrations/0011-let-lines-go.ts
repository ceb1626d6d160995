// What became of attempts: of what is a row, and of what is in hand and becomes one. What is put aside behind the first of its object is let go, one by
// one, as those before it are over; nothing puts it aside yet, the next migration does.
import { Migration } from '@mikro-orm/migrations';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';

const NOT_TAKEN = `not exists (select from webhooks.lease l
        where l.endpoint_id = d.endpoint_id and l.delivery_id = d.id and l.leased_until > moment)`;
const BY_INDEX = `set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_sort = off set jit = off`;

/** A delivery in hand becomes a row. Its event says the rest. */
const WRITE = `insert into webhooks.delivery (id, account_id, mode, event_id, endpoint_id, event_type, aggregate_id, position, created_at, status,
      attempts, attempts_total, next_attempt_at, completed_at, last_error, last_response_status) overriding system value
    select`;
const OF_EVENT = `e.account_id, e.mode, e.id, h.endpoint_id, e.type, e.aggregate_id, h.position, e.received_at`;

/** Named in full: a column of what is updated has the name of one of them, and would be meant. */
const GIVEN = `unnest(${[
  'delivery_ids',
  'endpoint_ids',
  'leases',
  'statuses',
  'spent',
  'attempted',
  'next_at',
  'completed_at',
  'reasons',
  'answered',
]
  .map((name) => `complete.${name}`)
  .join(', ')})
      as g(delivery_id, endpoint_id, lease, status, spent, attempted, next_at, completed_at, reason, answered)`;
/** Written so that no index over what waits fits: the planner would read all of it where few are completed. */
const WAITS = `coalesce(d.status, '') = 'pending'`;
const UPDATE = `update webhooks.delivery d set status = g.status, attempts = d.attempts + g.spent::int, next_attempt_at = g.next_at::timestamptz,
      completed_at = g.completed_at::timestamptz, attempts_total = d.attempts_total + g.attempted::int,
      last_error = case when g.attempted = '0' then d.last_error else g.reason end,
      last_response_status = case when g.attempted = '0' then d.last_response_status else g.answered::int end`;
const OF_LINE = `d.id, d.status, d.endpoint_id, d.aggregate_id`;

/** What became of deliveries, for those whose lease still stands. One lookup each, and one for each endpoint: a join would read all that is due. */
const COMPLETE = `with held as (
    delete from webhooks.lease l using ${GIVEN}
    where l.endpoint_id = g.endpoint_id and l.delivery_id = g.delivery_id and l.lease = g.lease::uuid
    returning g.*, l.event_id, l.position
  ), done as (
    ${UPDATE} from held g where g.event_id is null and d.id = g.delivery_id and ${WAITS} returning ${OF_LINE}
  ), made as (
    ${WRITE} h.delivery_id, ${OF_EVENT}, h.status, h.spent::int, h.attempted::int, h.next_at::timestamptz, h.completed_at::timestamptz,
      h.reason, h.answered::int
    from held h join webhooks.event e on e.id = h.event_id on conflict do nothing returning id
  )
  select coalesce((select array_agg(id) from done), '{}') || coalesce((select array_agg(id) from made), '{}'),
    array(select delivery_id from held), array(select endpoint_id from done where status <> 'pending'),
    array(select aggregate_id from done where status <> 'pending') into stood, held_ids, ended_endpoints, ended_aggregates`;
const COMPLETE_REST = `with rest as (
    ${UPDATE} from ${GIVEN} where g.delivery_id = any(held_ids) and g.delivery_id <> all(stood) and d.id = g.delivery_id
      and ${WAITS} and ${NOT_TAKEN} returning ${OF_LINE}
  ) select stood || array(select id from rest), ended_endpoints || array(select endpoint_id from rest where status <> 'pending'),
    ended_aggregates || array(select aggregate_id from rest where status <> 'pending') into stood, ended_endpoints, ended_aggregates`;
const MORE = `select e.id from (select distinct unnest(endpoint_ids) as id) e cross join lateral (
    select from webhooks.delivery d where d.endpoint_id = e.id and d.status = 'pending' and d.next_attempt_at <= moment and ${NOT_TAKEN}
    order by d.next_attempt_at, d.position limit 1) d`;

/** One probe for each line. What is let go is due after what is due already: a long line has a place like any other object. */
const LET_GO = `update webhooks.delivery d set next_attempt_at = moment
    from (select distinct l.endpoint_id, l.aggregate_id from unnest(endpoints, aggregates) as l(endpoint_id, aggregate_id)) line
      cross join lateral (select head.id, head.next_attempt_at from webhooks.delivery head
        where head.endpoint_id = line.endpoint_id and head.aggregate_id = line.aggregate_id and head.status = 'pending'
        order by head.position limit 1) head
    where d.id = head.id and head.next_attempt_at is null and d.next_attempt_at is null and ${WAITS}`;

export class LetLinesGo extends Migration {
  override up(): void {
    // A statement of its own: it must see what was put aside while the one before it waited for the row of who is over.
    this.addSql(`${allTenants('lines of any tenant go on')}create function webhooks.let_go(moment timestamptz, endpoints text[], aggregates text[]) returns int
      language plpgsql ${BY_INDEX} as $$
      declare freed int;
      begin
        ${LET_GO};
        get diagnostics freed = row_count;
        return freed;
      end $$`);
    // A success that PostgreSQL forgets when its machine dies is sent again; all else is said to last. Of an endpoint that somebody holds there is more
    // to say, and nobody waits for a note. What was written down while its completion waited for the lease is not seen by the statement that
    // waited: the next one sees it. Who was before somebody lets him go.
    this.addSql(`${allTenants('what became of attempts')}create or replace function webhooks.complete(moment timestamptz, lasting boolean, noted text[],
        delivery_ids text[], endpoint_ids text[], leases text[], statuses text[], spent text[], attempted text[], next_at text[], completed_at text[],
        reasons text[], answered text[])
      returns table (stood text[], waiting text[])
      language plpgsql ${BY_INDEX} as $$
      #variable_conflict use_column
      declare held_ids text[]; ended_endpoints text[]; ended_aggregates text[];
      begin
        if not lasting then perform set_config('synchronous_commit', 'off', true); end if;
        ${COMPLETE};
        if cardinality(stood) < cardinality(held_ids) then ${COMPLETE_REST}; end if;
        if cardinality(ended_endpoints) > 0 then perform webhooks.let_go(moment, ended_endpoints, ended_aggregates); end if;
        update webhooks.endpoint e set last_succeeded_at = moment
        from (select n.id from webhooks.endpoint n where n.id = any(noted) for no key update skip locked) n where e.id = n.id;
        waiting := array(${MORE});
        return next;
      end $$`);
  }
}
