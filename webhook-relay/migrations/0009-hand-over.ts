import { Migration } from '@mikro-orm/migrations';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';

/** Each look-up stands where the planner can do it by its index only, whatever it thinks of tables that are nearly empty. */
const BY_INDEX = `set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off set jit = off`;
const TAKER = `e.disabled_reason is distinct from 'unverified'`;
const SIGNATURE = `coalesce((select md5(string_agg(concat_ws(' ', e.id, e.events, e.filter), ' ' order by e.id)) from webhooks.endpoint e
    where e.account_id = tenant.account_id and e.mode = tenant.mode and ${TAKER}), '')`;
const CHANGED = `exists (select from unnest(accounts, modes, signatures) as tenant(account_id, mode, signature) where tenant.signature <> ${SIGNATURE})`;

/** Endpoints that may be sent to now. One that somebody holds is left to the claims. */
const OPEN = `select e.id from webhooks.endpoint e
    where e.id = any(offered_to) and e.status = 'active' and e.circuit_failures = 0 and (e.gate_until is null or e.gate_until <= moment)
      and e.rate_per_second is null and e.drain_per_second is null and (e.paced_until is null or e.paced_until <= moment)
    order by e.id for no key update of e skip locked`;

const WRITE = `with fresh as (
    insert into webhooks.event (id, account_id, mode, type, payload_version, aggregate_id, payload, request_id, traceparent, occurred_at, received_at)
    select e.id, e.account_id, e.mode, e.type, e.payload_version::int, e.aggregate_id, e.payload::jsonb, e.request_id, e.traceparent,
      e.occurred_at::timestamptz, moment
    from unnest(event_ids, event_accounts, event_modes, types, payload_versions, aggregate_ids, payloads, request_ids, traceparents, occurred_at)
      as e(id, account_id, mode, type, payload_version, aggregate_id, payload, request_id, traceparent, occurred_at)
    on conflict (id) do nothing
    returning id, account_id, mode, type, aggregate_id
  ), placed as materialized (
    select ordered.*, nextval('webhooks.delivery_position_seq') as position from (
      select d.id, d.endpoint_id, d.offered = '1' as offered, fresh.account_id, fresh.mode, fresh.id as event_id, fresh.type, fresh.aggregate_id
      from unnest(delivery_ids, delivery_events, delivery_endpoints, offers) with ordinality as d(id, event_id, endpoint_id, offered, place)
      join fresh on fresh.id = d.event_id order by d.place) ordered
  ), ready as materialized (
    select e.id, e.version, e.concurrency - (select count(*) from webhooks.lease l where l.endpoint_id = e.id and l.leased_until > moment) as room,
      array(select l.aggregate_id from webhooks.lease l where l.endpoint_id = e.id and l.aggregate_id is not null) as in_hand
    from webhooks.endpoint e
    where e.id = any(ids) and (select d.position from webhooks.delivery d where d.endpoint_id = e.id and d.status = 'pending' and d.next_attempt_at <= moment
      and (select l.leased_until from webhooks.lease l where l.endpoint_id = d.endpoint_id and l.delivery_id = d.id and l.leased_until > moment) is null
      order by d.next_attempt_at, d.position limit 1) is null
  ), fitting as (
    select p.id, r.version, r.room, row_number() over (partition by p.endpoint_id order by p.position) as turn
    from placed p join ready r on r.id = p.endpoint_id
    where p.offered and p.aggregate_id <> all(r.in_hand) and (select d.position from webhooks.delivery d
      where d.endpoint_id = p.endpoint_id and d.aggregate_id = p.aggregate_id and d.status = 'pending' order by d.position limit 1) is null
  ), chosen as materialized (select f.id, f.version from fitting f where f.turn <= f.room
  ), handed as (
    insert into webhooks.lease (endpoint_id, delivery_id, lease, leased_until, event_id, aggregate_id, position)
    select p.endpoint_id, p.id, new_lease, ends_at, p.event_id, p.aggregate_id, p.position from placed p join chosen c on c.id = p.id
  ), made as (
    insert into webhooks.delivery (id, account_id, mode, event_id, endpoint_id, event_type, aggregate_id, position, status, next_attempt_at, created_at)
      overriding system value
    select p.id, p.account_id, p.mode, p.event_id, p.endpoint_id, p.type, p.aggregate_id, p.position, 'pending', moment, moment
    from placed p left join chosen c on c.id = p.id where c.id is null order by p.position
    on conflict (event_id, endpoint_id) do nothing
    returning endpoint_id
  )
  select array(select distinct endpoint_id from made), array(select c.id from chosen c), array(select c.version from chosen c)
  into waiting, handed, versions`;

export class HandOver extends Migration {
  override up(): void {
    // Events become rows of the ledger, and their deliveries either rows that wait or leases of who asks. Offered is the first of each object and
    // endpoint only. It is handed over unless its endpoint has no room, or something waits for it already: what came first goes first.
    // The endpoints are locked first, so that the second statement sees what others had taken when it got the locks.
    this.addSql(`${allTenants('events of any tenant reach its endpoints')}create function webhooks.fan_out(moment timestamptz, teller text,
        new_lease uuid, ends_at timestamptz, accounts text[], modes text[], signatures text[], offered_to text[],
        event_ids text[], event_accounts text[], event_modes text[], types text[], payload_versions text[], aggregate_ids text[], payloads text[],
        request_ids text[], traceparents text[], occurred_at text[],
        delivery_ids text[], delivery_events text[], delivery_endpoints text[], offers text[])
      returns table (changed boolean, waiting text[], handed text[], versions int[])
      language plpgsql ${BY_INDEX} as $$
      #variable_conflict use_column
      declare ids text[] := '{}';
      begin
        changed := ${CHANGED};
        if not changed then
          if cardinality(offered_to) > 0 then ids := array(${OPEN}); end if;
          ${WRITE};
          if cardinality(waiting) > 0 then
            perform pg_notify('webhook_due', teller || case when cardinality(waiting) > 200 then '' else ' ' || array_to_string(waiting, ' ') end);
          end if;
        end if;
        return next;
      end $$`);
  }
}
