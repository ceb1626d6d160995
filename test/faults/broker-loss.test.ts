import { newId } from '@portico/contracts/ids';
import { hasNatsServer, startNatsServer } from '@portico/service-kit/bus/nats/nats-testing';
import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import { publishBatch } from '@portico/service-kit/outbox/publish-outbox';
import { type Reconciled, reconcileOutbox } from '@portico/service-kit/outbox/reconcile-outbox';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { askSubgraph, silentLogger } from '@portico/service-kit/testing';
import { testEvent } from '@portico/webhook-relay/testing/start-test-relay';
import pg from 'pg';
import { expect, it } from 'vitest';
import { FULL, printCounts } from './counts.ts';
import { forkRelay } from './relay/fork-relay.ts';
import { type Ground, openGround } from './relay/open-ground.ts';
import { startFaultSink } from './sink.ts';

const EVENTS = FULL ? 10_000 : 1_000;
const PARTS = 4;
const ENDPOINTS = ['one', 'two'];
/** Whose outbox the events are written to. */
const SCHEMA = 'webhooks';
/** A minute in production. */
const ARRIVED_AFTER_MS = 1_000;
const ENGINE = { pollMs: 100, leaseMs: 10_000, timeoutMs: 5_000 };
const WITHIN = { timeout: 90_000, interval: 100 };

function openPool(connectionString: string): AsyncDisposable & { run: RunStatement } {
  const pool = new pg.Pool({ connectionString, max: 2 });
  return {
    run: async (text, values) => (await pool.query(text, [...values])).rows,
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/** The relay's own graph, which the reconciliation asks what has not arrived. */
function graphOf({ graph: { subgraph } }: Ground): GraphClient {
  return { execute: (source, variables, caller) => askSubgraph(subgraph, caller, source, variables) };
}

it.skipIf(!hasNatsServer)('a broker that loses its store loses no event (needs nats-server)', { timeout: 240_000 }, async () => {
  await using ground = await openGround();
  await using sink = await startFaultSink();
  await using server = await startNatsServer();
  const { databaseUrl } = ground;
  // As the publisher's own connection reads its rows: without the types that a program's has.
  await using pool = openPool(databaseUrl);
  const { run } = pool;
  const bus = { natsUrl: server.url, databaseUrl };
  const plan = { ...bus, engine: ENGINE, clock: { from: Date.now(), speed: 1, aheadMs: 0 } };
  for (const name of ENDPOINTS) await ground.endpoint(sink.urlOf(name), { concurrency: 50 });
  const aggregates = Array.from({ length: 50 }, () => newId('customer'));
  const events = Array.from({ length: EVENTS }, (_, place) => testEvent({ aggregateId: aggregates[place % aggregates.length] ?? '' }));
  const part = (place: number) => events.slice((place * EVENTS) / PARTS, ((place + 1) * EVENTS) / PARTS);

  await using first = forkRelay();
  await using second = forkRelay();
  await using observer = await openEventBus({ ...bus, logger: silentLogger });
  const loseStore = async (): Promise<void> => {
    await server.kill();
    await server.deleteStore();
  };

  await first.start(plan);
  await ground.emit(part(0));
  await expect.poll(() => ground.deliveries(), WITHIN).toEqual({ succeeded: (EVENTS / PARTS) * ENDPOINTS.length });
  await first.kill();
  // Published, and lost before anybody consumed it; then written while there is no broker.
  await ground.emit(part(1));
  await expect.poll(() => publishBatch({ schema: SCHEMA, run, bus: observer }).catch(() => Number.NaN), WITHIN).toBe(0);
  await loseStore();
  await ground.emit(part(2));
  await server.start();
  await second.start(plan);
  // And once more in the middle of work.
  await ground.emit(part(3));
  await loseStore();
  await server.start();

  let republished = 0;
  const outbox = { schema: SCHEMA, run, bus: observer, graph: graphOf(ground) };
  const reconciled = async (): Promise<Readonly<Record<string, number>>> => {
    // Rejects while the broker is not back, and changes nothing then.
    const done = await reconcileOutbox(outbox, ARRIVED_AFTER_MS).catch((): Reconciled => ({ known: 0, republished: 0 }));
    republished += done.republished;
    return ground.deliveries();
  };
  await expect.poll(reconciled, { ...WITHIN, interval: 500 }).toEqual({ succeeded: EVENTS * ENDPOINTS.length });
  const received = ENDPOINTS.map((name) => [...sink.timesOf(name).values()]);
  const requests = received.flat().reduce((sum, times) => sum + times, 0);
  const lost = EVENTS * ENDPOINTS.length - received.flat().length;
  printCounts('broker loss', {
    events: EVENTS,
    'lost by the broker and published anew': republished,
    lost,
    twice: requests - received.flat().length,
  });
  expect({ lost, requests }).toEqual({ lost: 0, requests: EVENTS * ENDPOINTS.length });
  expect(republished).toBeGreaterThanOrEqual(EVENTS / PARTS);
});
