// What a broker confirmed and then lost: with its whole store, or because an older copy of it was put back. The outbox publishes anew what the ledger lacks.
import { newId } from '@portico/contracts/ids';
import { hasNatsServer, type NatsServer, startNatsServer } from '@portico/service-kit/bus/nats/nats-testing';
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
import { forkRelay } from './relay/fork-process.ts';
import { type Ground, openGround, RELAY_SCHEMA } from './relay/open-ground.ts';
import { outOfOrder } from './relay/out-of-order.ts';
import { eventIdOf, startFaultSink } from './sink.ts';

const EVENTS = FULL ? 10_000 : 2_000;
const PARTS = 5;
const ENDPOINTS = ['one', 'two', 'three', 'four', 'five'];
/** A minute in production. */
const ARRIVED_AFTER_MS = 1_000;
const ENGINE = { pollMs: 100, leaseMs: 10_000, timeoutMs: 5_000 };
const WITHIN = { timeout: 180_000, interval: 100 };

/** How a store is lost. Each answers what to do once the server is down; the second takes its copy when it is told to. */
const LOSSES = [
  { loss: 'loses its store', prepare: async (server: NatsServer) => server.deleteStore },
  {
    loss: 'gets an older copy of its store back',
    async prepare(server: NatsServer) {
      await server.kill();
      const putBack = await server.copyStore();
      await server.start();
      return putBack;
    },
  },
];

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

it.skipIf(!hasNatsServer).each(LOSSES)(
  'a broker that $loss loses no event (needs nats-server)',
  { timeout: 600_000 },
  async ({ loss, prepare }) => {
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
    const aggregates = Array.from({ length: EVENTS / 20 }, () => newId('customer'));
    const events = Array.from({ length: EVENTS }, (_, place) => testEvent({ aggregateId: aggregates[place % aggregates.length] ?? '' }));
    const part = (place: number) => events.slice((place * EVENTS) / PARTS, ((place + 1) * EVENTS) / PARTS);
    await using observer = await openEventBus({ ...bus, logger: silentLogger });
    const publishAll = () =>
      expect
        .poll(() => publishBatch({ schema: RELAY_SCHEMA, run, bus: observer }).catch(() => Number.NaN), { ...WITHIN, interval: 5 })
        .toBe(0);
    const allOf = (parts: number) =>
      expect.poll(() => ground.deliveries(), WITHIN).toEqual({ succeeded: (parts / PARTS) * EVENTS * ENDPOINTS.length });

    await using first = forkRelay();
    await using second = forkRelay();
    await using third = forkRelay();
    await first.start(plan);
    await ground.emit(part(0));
    await allOf(1);
    await first.kill();
    // Published before the copy and consumed after it: in the copy it waits, and comes again.
    await ground.emit(part(1));
    await publishAll();
    const lose = await prepare(server);
    await second.start(plan);
    await allOf(2);
    await second.kill();
    // Published, and lost before anybody consumed it; then written while there is no broker.
    await ground.emit(part(2));
    await publishAll();
    await server.kill();
    await lose();
    await ground.emit(part(3));
    await server.start();
    await third.start(plan);
    // And once more in the middle of work.
    await ground.emit(part(4));
    await server.kill();
    await lose();
    await server.start();

    let republished = 0;
    const outbox = { schema: RELAY_SCHEMA, run, bus: observer, graph: graphOf(ground) };
    const reconciled = async (): Promise<Readonly<Record<string, number>>> => {
      // Rejects while the broker is not back, and changes nothing then.
      const done = await reconcileOutbox(outbox, ARRIVED_AFTER_MS).catch((): Reconciled => ({ known: 0, republished: 0 }));
      republished += done.republished;
      return ground.deliveries();
    };
    await expect.poll(reconciled, { ...WITHIN, interval: 500 }).toEqual({ succeeded: EVENTS * ENDPOINTS.length });
    const received = ENDPOINTS.map((name) => new Set(sink.of(name).map(eventIdOf)).size);
    const lost = EVENTS * ENDPOINTS.length - received.reduce((sum, count) => sum + count, 0);
    printCounts(`a broker that ${loss}`, {
      events: EVENTS,
      deliveries: EVENTS * ENDPOINTS.length,
      'lost by the broker and published anew': republished,
      lost,
      twice: sink.received.length - EVENTS * ENDPOINTS.length,
    });
    expect({ lost, requests: sink.received.length }).toEqual({ lost: 0, requests: EVENTS * ENDPOINTS.length });
    expect(republished).toBeGreaterThanOrEqual(EVENTS / PARTS);
    expect(await run('select count(*)::int as n from webhooks.event', [])).toEqual([{ n: EVENTS }]);
    // What was lost comes after what was not: only within what was not is there an order to keep.
    const kept = [...part(0), ...part(1)];
    const ids = new Set(kept.map(({ id }) => id));
    for (const name of ENDPOINTS)
      expect(
        outOfOrder(
          sink.of(name).filter((one) => ids.has(eventIdOf(one))),
          kept,
        ),
      ).toEqual([]);
  },
);
