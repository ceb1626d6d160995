// What relay processes come and go on: a database with endpoints of the sink, and an outbox that events are written to as subgraphs do.
import type { BusEvent } from '@portico/service-kit/bus/event-bus';
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
  /** Events that the outbox has. */
  emitted(): Promise<number>;
  /** Deliveries by status. */
  deliveries(): Promise<Readonly<Record<string, number>>>;
};

const EMIT = `insert into webhooks.outbox
    (id, account_id, mode, type, payload_version, aggregate_id, payload, request_id, traceparent, occurred_at)
  select e.id, e."accountId", e.mode, e.type, e."payloadVersion", e."aggregateId", e.payload, e."requestId", e.traceparent, e."occurredAt"
  from jsonb_to_recordset($1::jsonb) as e(id text, "accountId" text, mode text, type text, "payloadVersion" int,
    "aggregateId" text, payload jsonb, "requestId" text, traceparent text, "occurredAt" timestamptz, place bigint)
  order by e.place`;

export async function openGround(): Promise<Ground> {
  const graph = await startRelayGraph();
  const sql: RunStatement = (text, values) => graph.subgraph.database.run(allTenants('a test') + text, values);
  return {
    graph,
    databaseUrl: graph.databaseUrl,
    sql,
    endpoint: (url, columns) => insertEndpoint(sql, url, columns),
    emit: async (events) => void (await sql(EMIT, [JSON.stringify(events.map((event, place) => ({ ...event, place })))])),
    emitted: async () => Number((await sql('select count(*)::int as n from webhooks.outbox', []))[0]?.n),
    async deliveries() {
      const rows = await sql('select status, count(*)::int as n from webhooks.delivery group by status', []);
      return Object.fromEntries(rows.map(({ status, n }) => [String(status), Number(n)]));
    },
    [Symbol.asyncDispose]: () => graph[Symbol.asyncDispose](),
  };
}
