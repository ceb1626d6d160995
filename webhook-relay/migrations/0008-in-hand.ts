import { Migration } from '@mikro-orm/migrations';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';

const BY_INDEX = `set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_sort = off set jit = off`;

const WRITTEN_ONCE = ['delivery_pkey', 'delivery_event_id_endpoint_id_key', 'delivery_created', 'delivery_status'];
/** A delivery in hand becomes a row. Its event says the rest. */
const WRITE_DOWN = `with held as (
    select l.* from webhooks.lease l join webhooks.event e on e.id = l.event_id
    where l.event_id is not null and e.received_at <= moment - interval '1 second' for update of l skip locked
  ), known as (
    update webhooks.lease l set event_id = null, aggregate_id = null from held h
    where l.endpoint_id = h.endpoint_id and l.delivery_id = h.delivery_id
  )
  insert into webhooks.delivery (id, account_id, mode, event_id, endpoint_id, event_type, aggregate_id, position, created_at, status,
    attempts, attempts_total, next_attempt_at) overriding system value
  select h.delivery_id, e.account_id, e.mode, e.id, h.endpoint_id, e.type, e.aggregate_id, h.position, e.received_at, 'pending', 0, 0, e.received_at
  from held h join webhooks.event e on e.id = h.event_id on conflict do nothing`;

export class InHand extends Migration {
  override up(): void {
    // What is attempted at once is written once, with what became of it: until then its lease stands for it. These columns say of what, and hold its place
    // in the line of its object. They are empty for what is a row already.
    this.addSql(
      `alter table webhooks.lease add column event_id text collate "C", add column aggregate_id text collate "C", add column position bigint`,
    );
    // Most deliveries are written once now: their pages may be filled, but for those of retries.
    this.addSql('alter table webhooks.delivery set (fillfactor = 90)');
    for (const index of WRITTEN_ONCE) this.addSql(`alter index webhooks.${index} reset (fillfactor)`);
    // What is not over after a second becomes a row that waits under its lease, whoever holds it: so it is seen, and left to others like any other.
    // All leases are read here, for there is no index. Those that are just being completed are left alone.
    this.addSql(`${allTenants('what is in hand')}create function webhooks.write_down(moment timestamptz) returns void
      language plpgsql ${BY_INDEX} as $$
      begin
        ${WRITE_DOWN};
      end $$`);
  }
}
