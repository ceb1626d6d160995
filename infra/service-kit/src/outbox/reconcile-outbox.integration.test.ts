import type { Caller } from '@portico/contracts/caller';
import { describe, expect, it } from 'vitest';
import { EVENT_LEDGER, type EventBus } from '../bus/event-bus.ts';
import { hasNatsServer, startNatsServer } from '../bus/nats/nats-testing.ts';
import { openEventBus } from '../bus/open-event-bus.ts';
import type { GraphClient } from '../graph/graph.ts';
import { silentLogger } from '../testing.ts';
import { createTestOutbox, SCHEMA, type TestOutbox } from './outbox-testing.ts';
import { pruneOutbox } from './prune-outbox.ts';
import { startOutboxPublisher } from './publish-outbox.ts';
import { ARRIVED_AFTER_MS, reconcileOutbox } from './reconcile-outbox.ts';

const WITHIN = { timeout: 50_000, interval: 10 };
const NOTHING_WAITS: Pick<EventBus, 'oldestWaiting'> = { oldestWaiting: async () => null };

/** A graph with a ledger that knows these events; `asked` collects who asked for how many. */
function ledgerOf(known: ReadonlySet<string>, asked: Caller[] = []): GraphClient {
  return {
    execute: async <Data>(_document: string, { ids }: Readonly<Record<string, unknown>>, caller: Caller) => {
      asked.push(caller);
      return { unknownEvents: (ids as string[]).filter((id) => !known.has(id)) } as Data;
    },
  };
}

/** Marks rows as published so long ago. */
async function publishedAgo({ run }: TestOutbox, ids: readonly string[], ms: number): Promise<void> {
  await run(`update ${SCHEMA}.outbox set published_at = now() - $2 * interval '1 millisecond' where id = any($1)`, [ids, ms]);
}

async function states({ run }: TestOutbox): Promise<unknown[]> {
  const rows = await run(
    `select published_at is not null as published, reconciled_at is not null as reconciled, republished from ${SCHEMA}.outbox order by position`,
    [],
  );
  return rows.map(({ published, reconciled, republished }) => [published, reconciled, republished]);
}

describe('reconciling the outbox', () => {
  it('sends out anew exactly what the ledger does not know, and is done with what it knows', async () => {
    await using outbox = await createTestOutbox();
    const ids = await outbox.add(['a', 'b', 'c', 'd']);
    await publishedAgo(outbox, ids.slice(0, 2), ARRIVED_AFTER_MS + 5_000);
    await publishedAgo(outbox, ids.slice(2, 3), ARRIVED_AFTER_MS / 2);
    const graph = ledgerOf(new Set(ids.slice(0, 1)));
    expect(await reconcileOutbox({ schema: SCHEMA, run: outbox.run, bus: NOTHING_WAITS, graph })).toEqual({ known: 1, republished: 1 });
    expect(await states(outbox)).toEqual([
      [true, true, 0],
      [false, false, 1],
      [true, false, 0],
      [false, false, 0],
    ]);
  });

  it('leaves alone what still waits for the consumer', async () => {
    await using outbox = await createTestOutbox();
    const ids = await outbox.add(['a', 'b']);
    await publishedAgo(outbox, ids.slice(0, 1), 300_000);
    await publishedAgo(outbox, ids.slice(1), 100_000);
    const bus = { oldestWaiting: async () => new Date(Date.now() - 200_000) };
    const graph = ledgerOf(new Set());
    expect(await reconcileOutbox({ schema: SCHEMA, run: outbox.run, bus, graph })).toEqual({ known: 0, republished: 1 });
    expect(await states(outbox)).toEqual([
      [false, false, 1],
      [true, false, 0],
    ]);
  });

  it('asks for each tenant by itself, with the scope to read events', async () => {
    await using outbox = await createTestOutbox();
    const ids = [...(await outbox.add(['a', 'b'], 'acct_1')), ...(await outbox.add(['c'], 'acct_2'))];
    await publishedAgo(outbox, ids, 300_000);
    const asked: Caller[] = [];
    await reconcileOutbox({ schema: SCHEMA, run: outbox.run, bus: NOTHING_WAITS, graph: ledgerOf(new Set(ids), asked) });
    expect(asked.map(({ accountId, mode, actor, scopes }) => [accountId, mode, actor, [...scopes]]).sort()).toEqual([
      ['acct_1', 'test', 'service:shop', ['events:read']],
      ['acct_2', 'test', 'service:shop', ['events:read']],
    ]);
  });

  it('changes nothing when the ledger cannot be asked', async () => {
    await using outbox = await createTestOutbox();
    await publishedAgo(outbox, await outbox.add(['a']), 300_000);
    const graph: GraphClient = { execute: () => Promise.reject(new Error('The ledger is away.')) };
    await expect(reconcileOutbox({ schema: SCHEMA, run: outbox.run, bus: NOTHING_WAITS, graph })).rejects.toThrow('The ledger is away.');
    expect(await states(outbox)).toEqual([[true, false, 0]]);
  });

  it('goes through more rows than one statement takes', async () => {
    await using outbox = await createTestOutbox();
    const ids = await outbox.add(Array.from({ length: 1_203 }, (_, row) => `aggregate-${row}`));
    await publishedAgo(outbox, ids, 300_000);
    const graph = ledgerOf(new Set(ids));
    expect(await reconcileOutbox({ schema: SCHEMA, run: outbox.run, bus: NOTHING_WAITS, graph })).toEqual({ known: 1_203, republished: 0 });
  });

  it.skipIf(!hasNatsServer)(
    'brings every event to the ledger when the store of NATS is deleted in the middle (needs nats-server)',
    async () => {
      await using outbox = await createTestOutbox();
      await using server = await startNatsServer();
      await using bus = await openEventBus({ natsUrl: server.url, databaseUrl: outbox.url, logger: silentLogger });
      await using publisher = startOutboxPublisher({ schema: SCHEMA, databaseUrl: outbox.url, bus, logger: silentLogger });
      const ledger = new Set<string>();
      const consume = (): Promise<AsyncDisposable> =>
        bus.consume({ name: EVENT_LEDGER, batchMax: 20 }, async (events) => {
          for (const { id } of events) ledger.add(id);
        });
      const consumer = await consume();
      const ids = await outbox.add(Array.from({ length: 30 }, (_, row) => `aggregate-${row % 4}`));
      publisher.wake();
      await expect.poll(() => ledger.size, WITHIN).toBe(30);
      // Published while nobody consumes, and lost before anybody does.
      await consumer[Symbol.asyncDispose]();
      ids.push(...(await outbox.add(Array.from({ length: 30 }, (_, row) => `aggregate-${row % 4}`))));
      publisher.wake();
      await expect.poll(() => states(outbox), WITHIN).toEqual(ids.map(() => [true, false, 0]));
      await server.kill();
      await server.deleteStore();
      await server.start();
      await using _ = await consume();
      const graph = ledgerOf(ledger);
      await publishedAgo(outbox, ids, 300_000);
      await expect
        .poll(async () => reconcileOutbox({ schema: SCHEMA, run: outbox.run, bus, graph }).catch(() => null), WITHIN)
        .toEqual({
          known: 30,
          republished: 30,
        });
      publisher.wake();
      await expect.poll(() => ledger.size, WITHIN).toBe(60);
      expect(ids.filter((id) => !ledger.has(id))).toEqual([]);
    },
  );
});

describe('pruning the outbox', () => {
  it('deletes what was reconciled a week ago, and nothing that was not, however old', async () => {
    await using outbox = await createTestOutbox();
    const [old, fresh, unreconciled] = await outbox.add(['a', 'b', 'c']);
    const days = 24 * 3_600_000;
    await publishedAgo(
      outbox,
      await outbox.run(`select id from ${SCHEMA}.outbox`, []).then((rows) => rows.map(({ id }) => String(id))),
      30 * days,
    );
    await outbox.run(`update ${SCHEMA}.outbox set reconciled_at = now() - interval '8 days' where id = $1`, [old]);
    await outbox.run(`update ${SCHEMA}.outbox set reconciled_at = now() - interval '6 days' where id = $1`, [fresh]);
    expect(await pruneOutbox({ schema: SCHEMA, run: outbox.run })).toBe(1);
    expect(await outbox.run(`select id from ${SCHEMA}.outbox order by position`, [])).toEqual([{ id: fresh }, { id: unreconciled }]);
  });
});
