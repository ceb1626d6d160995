// What processes come and go on: a database with endpoints of the sink, and an outbox that events are written to as subgraphs do.
import type { BusEvent } from '@portico/service-kit/bus/event-bus';
import { mechanicsDdl } from '@portico/service-kit/outbox/outbox';
import { reconciliationDdl } from '@portico/service-kit/outbox/outbox-ddl';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { type RelayGraphForTests, startRelayGraph } from '@portico/webhook-relay/testing/start-relay-graph';
import { insertEndpoint } from '@portico/webhook-relay/testing/start-test-relay';

export type Ground = AsyncDisposable & {
  /** The relay's graph in this process: it answers and delivers nothing. */
  readonly graph: RelayGraphForTests;
  readonly databaseUrl: string;
  /** One statement, over all tenants. */
  readonly sql: RunStatement;
  /** A verified endpoint; `columns` are those of the table. */
  endpoint(url: string, columns?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Commits events to the outbox; from there on they must not be lost. */
  emit(events: readonly BusEvent[]): Promise<void>;
  /** Deliveries by status. */
  deliveries(): Promise<Readonly<Record<string, number>>>;
};

/** Whose outbox the events are written to: the relay's own, unless it is said otherwise. */
export const RELAY_SCHEMA = 'webhooks';

const emitInto = (schema: string): string => `with added as (
    insert into ${schema}.outbox
      (id, account_id, mode, type, payload_version, aggregate_id, payload, request_id, traceparent, occurred_at)
    select e.id, e."accountId", e.mode, e.type, e."payloadVersion", e."aggregateId", e.payload, e."requestId", e.traceparent, e."occurredAt"
    from jsonb_to_recordset($1::jsonb) as e(id text, "accountId" text, mode text, type text, "payloadVersion" int,
      "aggregateId" text, payload jsonb, "requestId" text, traceparent text, "occurredAt" timestamptz, place bigint)
    order by e.place returning 1
  ) select pg_notify('outbox_${schema}', '') from (select from added limit 1) as any_added`;

/** `outbox`: a schema of its own for it, which no relay publishes. */
export async function openGround({ outbox = RELAY_SCHEMA }: { outbox?: string } = {}): Promise<Ground> {
  const graph = await startRelayGraph();
  const sql: RunStatement = (text, values) => graph.subgraph.database.run(allTenants('a test') + text, values);
  if (outbox !== RELAY_SCHEMA)
    for (const statement of [`create schema ${outbox}`, ...mechanicsDdl(outbox), ...reconciliationDdl(outbox)]) await sql(statement, []);
  const insertEvents = emitInto(outbox);
  return {
    graph,
    databaseUrl: graph.databaseUrl,
    sql,
    endpoint: (url, columns) => insertEndpoint(sql, url, columns),
    emit: async (events) => void (await sql(insertEvents, [JSON.stringify(events.map((event, place) => ({ ...event, place })))])),
    async deliveries() {
      const rows = await sql('select status, count(*)::int as n from webhooks.delivery group by status', []);
      return Object.fromEntries(rows.map(({ status, n }) => [String(status), Number(n)]));
    },
    [Symbol.asyncDispose]: () => graph[Symbol.asyncDispose](),
  };
}
