// An event becomes the work of every endpoint that wants it. Event and deliveries are one statement, so an event that is in the ledger has all
// its deliveries: coming again, which the bus allows itself, it changes nothing, not even for endpoints that were added meanwhile.
import { newId } from '@portico/contracts/ids';
import type { BusEvent } from '@portico/service-kit/bus/event-bus';
import type { Database } from '@portico/service-kit/database/orm';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { ALL_EVENTS } from '../endpoints/endpoint-input.ts';
import { NOTIFY_DUE } from '../engine/due-signals.ts';
import { type EventFilter, matches } from '../filtering/event-filter.ts';

type Taker = {
  readonly id: string;
  readonly accountId: string;
  readonly mode: string;
  readonly events: readonly string[];
  readonly filter: EventFilter | null;
};

const REASON = allTenants('events of any tenant reach its endpoints');

/** An endpoint that never proved itself was promised nothing. All others are served or held, whatever their state. */
const TAKERS = `${REASON}select e.id, e.account_id as "accountId", e.mode, e.events, e.filter
  from webhooks.endpoint e join unnest($1::text[], $2::text[]) as tenant(account_id, mode)
    on e.account_id = tenant.account_id and e.mode = tenant.mode
  where e.events && $3 and e.disabled_reason is distinct from 'unverified'`;

const INSERT = `${REASON}with fresh as (
    insert into webhooks.event (id, account_id, mode, type, payload_version, aggregate_id, payload, request_id, traceparent, occurred_at, received_at)
    select e.id, e."accountId", e.mode, e.type, e."payloadVersion", e."aggregateId", e.payload, e."requestId", e.traceparent, e."occurredAt", $3
    from json_to_recordset($1::json) as e(id text, "accountId" text, mode text, type text, "payloadVersion" int, "aggregateId" text,
      payload jsonb, "requestId" text, traceparent text, "occurredAt" timestamptz)
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
  select array(select endpoint_id from due) as "endpointIds",
    (select ${NOTIFY_DUE} from due having count(*) > 0) as told`;

/**
 * Writes a batch into the ledger and answers the endpoints that have something to do, which it tells other processes too. Two statements, however
 * many events. `teller`: this process, which need not be told.
 */
export async function fanOut(
  { run }: Pick<Database, 'run'>,
  events: readonly BusEvent[],
  { now, teller }: { now: Date; teller: string },
): Promise<readonly string[]> {
  const takers = Map.groupBy(await takersOf({ run }, events), tenantKey);
  const deliveries = events.flatMap((event) =>
    (takers.get(tenantKey(event)) ?? []).filter((taker) => wants(taker, event)).map(({ id }) => ({ eventId: event.id, endpointId: id })),
  );
  const numbered = deliveries.map((delivery, place) => ({ ...delivery, place, id: newId('delivery') }));
  const [row] = await run(INSERT, [JSON.stringify(events), JSON.stringify(numbered), now, teller]);
  return row?.endpointIds as string[];
}

async function takersOf({ run }: Pick<Database, 'run'>, events: readonly BusEvent[]): Promise<Taker[]> {
  const tenants = [...new Map(events.map((event) => [tenantKey(event), event])).values()];
  const types = [...new Set(events.map(({ type }) => type)), ALL_EVENTS];
  const rows = await run(TAKERS, [tenants.map(({ accountId }) => accountId), tenants.map(({ mode }) => mode), types]);
  return rows as Taker[];
}

function wants({ events, filter }: Taker, { type, payload }: BusEvent): boolean {
  return (events.includes(type) || events.includes(ALL_EVENTS)) && (filter === null || matches(filter, payload));
}

function tenantKey({ accountId, mode }: { accountId: string; mode: string }): string {
  return `${accountId} ${mode}`;
}
