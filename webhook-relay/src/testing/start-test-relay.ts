// For tests: relay processes on a database of their own, with a bus that hands over what the test publishes, and a clock that the test moves.
import { newId } from '@portico/contracts/ids';
import type { BusEvent, EventBus, HandleEvents } from '@portico/service-kit/bus/event-bus';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { createKeyRing } from '@portico/service-kit/sealing/key-ring';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { createTestDatabase, silentLogger, TEST_BLIND_INDEX_KEY, TEST_SECRET_KEYS, unreachableGraph } from '@portico/service-kit/testing';
import { sealedEndpoint } from '../endpoint.entity.ts';
import type { EngineSettings } from '../engine/start-engine.ts';
import { type Relay, type RelayDependencies, start } from '../server.ts';

export const TENANT = { accountId: newId('account'), mode: 'test' as const };

export type TestRelay = AsyncDisposable & {
  readonly relay: Relay;
  readonly databaseUrl: string;
  /** One statement, over all tenants. */
  readonly sql: RunStatement;
  /** Hands events to the relay, as its bus would; resolves when they are in the ledger. */
  publish(...events: BusEvent[]): Promise<void>;
  /** A verified endpoint; `columns` are those of the table. */
  endpoint(url: string, columns?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Attempts until nothing is due. */
  deliver(): Promise<void>;
};

export type TestRelayOptions = Pick<RelayDependencies, 'now' | 'tellOwners' | 'sender' | 'tasks'> & {
  /** Another process on the same database. */
  databaseUrl?: string;
  engine?: EngineSettings;
  /** Without an engine it delivers nothing, and only looks. */
  idle?: boolean;
  /** Endpoints may be on this machine: true unless said otherwise. */
  allowLoopback?: boolean;
  /** The middle of the jitter by default: delays are exact. */
  random?: () => number;
};

/** The engine works by itself only where `engine.pollMs` says so, background tasks where `tasks` does. */
export async function startTestRelay(options: TestRelayOptions = {}): Promise<TestRelay> {
  await using opened = new AsyncDisposableStack();
  const databaseUrl = options.databaseUrl ?? opened.use(await createTestDatabase()).url;
  const consumers: HandleEvents[] = [];
  const { random = () => 0.5, engine, idle = false, allowLoopback = true, ...dependencies } = options;
  const relay = opened.use(
    await start(
      {
        databaseUrl,
        poolMax: 8,
        secretKeys: TEST_SECRET_KEYS,
        blindIndexKey: TEST_BLIND_INDEX_KEY,
        allowLoopback,
        engine: { pollMs: 3_600_000, ...engine },
      },
      {
        tasks: 'by-hand',
        ...dependencies,
        random,
        graph: unreachableGraph,
        logger: silentLogger,
        bus: idle ? undefined : busOf(consumers),
      },
    ),
  );
  const sql: RunStatement = (text, values) => relay.database.run(allTenants('a test') + text, values);
  const running = opened.move();
  return {
    relay,
    databaseUrl,
    sql,
    async publish(...events) {
      for (const handle of consumers) await handle(events);
    },
    endpoint: (url, columns = {}) => insertEndpoint(sql, url, columns),
    deliver: async () => void (await relay.engine?.runOnce()),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function busOf(consumers: HandleEvents[]): EventBus {
  return {
    kind: 'postgres',
    publish: () => Promise.resolve(),
    async consume(_, handle) {
      consumers.push(handle);
      return { [Symbol.asyncDispose]: async () => {} };
    },
    oldestWaiting: () => Promise.resolve(null),
    check: () => Promise.resolve({ status: 'up' as const }),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A verified endpoint of `TENANT`, or of whom `columns` names. */
export async function insertEndpoint(sql: RunStatement, url: string, columns: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const id = newId('webhook');
  const ring = createKeyRing(TEST_SECRET_KEYS);
  const row = {
    id,
    account_id: TENANT.accountId,
    mode: TENANT.mode,
    url,
    events: ['*'],
    api_version: '1',
    status: 'active',
    secret_sealed: sealedEndpoint.secret.seal(ring, id, SECRET),
    created_at: new Date(),
    updated_at: new Date(),
    ...columns,
  };
  const names = Object.keys(row);
  const places = names.map((_, i) => `$${i + 1}`).join(', ');
  await sql(`insert into webhooks.endpoint (${names.join(', ')}) values (${places})`, Object.values(row));
  return id;
}

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** An event of a customer; events of one `aggregateId` are in order. */
export function testEvent(given: Partial<BusEvent> = {}): BusEvent {
  const aggregateId = given.aggregateId ?? newId('customer');
  const at = (given.occurredAt ?? new Date().toISOString()) as string;
  return {
    ...TENANT,
    id: newId('event'),
    type: 'customer.created',
    payloadVersion: 1,
    aggregateId,
    payload: { id: aggregateId, status: 'active', createdAt: at },
    requestId: newId('request'),
    traceparent: null,
    occurredAt: at,
    ...given,
  };
}
