// An event becomes the work of every endpoint that wants it. Event and deliveries are one statement, so an event that is in the ledger has all
// its deliveries: coming again, which the bus allows itself, it changes nothing, not even for endpoints that were added meanwhile.
import { newId } from '@portico/contracts/ids';
import type { BusEvent } from '@portico/service-kit/bus/event-bus';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { NOTIFY_DUE } from '../engine/due-signals.ts';
import { CURRENT_SIGNATURE, keyOf, type Takers, type TenantTakers, wants } from './takers.ts';

const INSERT = `${allTenants('events of any tenant reach its endpoints')}with changed as (
    select from unnest($5::text[], $6::text[], $7::text[]) as tenant(account_id, mode, signature) where tenant.signature <> ${CURRENT_SIGNATURE}
  ), fresh as (
    insert into webhooks.event (id, account_id, mode, type, payload_version, aggregate_id, payload, request_id, traceparent, occurred_at, received_at)
    select e.id, e."accountId", e.mode, e.type, e."payloadVersion", e."aggregateId", e.payload, e."requestId", e.traceparent, e."occurredAt", $3
    from json_to_recordset($1::json) as e(id text, "accountId" text, mode text, type text, "payloadVersion" int, "aggregateId" text,
      payload jsonb, "requestId" text, traceparent text, "occurredAt" timestamptz)
    where not exists (select from changed)
    on conflict (id) do nothing
    returning id, account_id, mode, type, aggregate_id
  ), made as (
    insert into webhooks.delivery (id, account_id, mode, event_id, endpoint_id, event_type, aggregate_id, status, next_attempt_at, created_at)
    select d.id, fresh.account_id, fresh.mode, fresh.id, d."endpointId", fresh.type, fresh.aggregate_id, 'pending', $3, $3
    from json_to_recordset($2::json) as d(place int, id text, "eventId" text, "endpointId" text) join fresh on fresh.id = d."eventId"
    order by d.place
    on conflict (event_id, endpoint_id) do nothing
    returning endpoint_id
  ), due as (select distinct endpoint_id from made)
  select exists (select from changed) as changed, array(select endpoint_id from due) as "endpointIds",
    (select ${NOTIFY_DUE} from due having count(*) > 0) as told`;

/** How often who takes what is read anew for a batch. */
const LOOKS_MAX = 5;

export type FanOutOptions = {
  readonly run: RunStatement;
  readonly takers: Takers;
  readonly now: Date;
  /** This process, which need not be told. */
  readonly teller: string;
};

/**
 * Writes a batch into the ledger and answers the endpoints that have something to do, which it tells other processes too. One statement, however
 * many events; two more when the endpoints of a tenant have changed since, or were not known.
 */
export async function fanOut(events: readonly BusEvent[], { run, takers, now, teller }: FanOutOptions): Promise<readonly string[]> {
  const tenants = [...new Map(events.map((event) => [keyOf(event), event])).values()];
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const known = await takers.of(tenants);
    const given = [known.map(({ accountId }) => accountId), known.map(({ mode }) => mode), known.map(({ signature }) => signature)];
    const [row] = await run(INSERT, [JSON.stringify(events), JSON.stringify(deliveriesOf(events, known)), now, teller, ...given]);
    if (row?.changed !== true) return row?.endpointIds as string[];
    takers.forget(tenants);
  }
  throw new Error('Endpoints change faster than they are read; the batch comes again.');
}

type NewDelivery = { readonly place: number; readonly id: string; readonly eventId: string; readonly endpointId: string };

function deliveriesOf(events: readonly BusEvent[], known: readonly TenantTakers[]): NewDelivery[] {
  const takersOf = new Map(known.map((one) => [keyOf(one), one.takers]));
  return events
    .flatMap((event) =>
      (takersOf.get(keyOf(event)) ?? []).filter((taker) => wants(taker, event)).map((taker) => [event.id, taker.id] as const),
    )
    .map(([eventId, endpointId], place) => ({ place, id: newId('delivery'), eventId, endpointId }));
}
