import { Migration } from '@mikro-orm/migrations';
import { orderCreated } from '@portico/contracts/events/orders';
import { describe, expect, it } from 'vitest';
import type { EventBus } from '../bus/event-bus.ts';
import { openPostgresBus } from '../bus/postgres/postgres-bus.ts';
import { emit, mechanicsDdl } from '../outbox/outbox.ts';
import { reconciliationDdl } from '../outbox/outbox-ddl.ts';
import { type OutboxState, onOutboxState } from '../outbox/outbox-state.ts';
import { createTestDatabase, silentLogger, testCaller, testSettings, unreachableGraph } from '../testing.ts';
import { startStopwatch } from '../testing-stopwatch.ts';
import { type Subgraph, startSubgraph } from './start-subgraph.ts';

class Shop extends Migration {
  override up(): void {
    for (const statement of [...mechanicsDdl('shop'), ...reconciliationDdl('shop')]) this.addSql(statement);
  }
}

function startShop(databaseUrl: string, bus?: EventBus): Promise<Subgraph> {
  return startSubgraph(
    {
      name: 'shop',
      sdl: 'type Query { open: Boolean }',
      resolvers: {},
      references: {},
      entities: [],
      migrations: { '0001-shop': Shop },
      tenantTables: [],
    },
    testSettings(databaseUrl, 4),
    { graph: unreachableGraph, logger: silentLogger, bus },
  );
}

async function emitOrder(shop: Subgraph): Promise<void> {
  const caller = testCaller();
  const at = '2026-01-02T03:04:05.678Z';
  const payload = {
    id: 'order_1',
    customerId: 'cust_1',
    status: 'pending',
    total: 1,
    currency: 'USD',
    items: [],
    createdAt: at,
    updatedAt: at,
  };
  await shop.contextFor(caller).write(async (em) => emit(em, orderCreated, { caller, aggregateId: 'order_1', payload, at: new Date(at) }));
}

describe('a subgraph with a bus', () => {
  it('hands an event to a consumer when its transaction commits, not when somebody looks', async () => {
    await using database = await createTestDatabase();
    await using bus = await openPostgresBus({ databaseUrl: database.url, logger: silentLogger });
    await using shop = await startShop(database.url, bus);
    using stopwatch = startStopwatch();
    const arrived: number[] = [];
    await using _ = await bus.consume(
      { name: 'reader', batchMax: 10 },
      async (events) => void arrived.push(...events.map(() => stopwatch.tookMs())),
    );
    const latencies: number[] = [];
    for (let round = 0; round < 21; round += 1) {
      await emitOrder(shop);
      const committed = stopwatch.tookMs();
      await expect.poll(() => arrived.length, { interval: 1 }).toBe(round + 1);
      latencies.push((arrived.at(-1) ?? 0) - committed);
    }
    // Found by looking once a second it would be 500 ms.
    expect(latencies.sort((a, b) => a - b)[10]).toBeLessThan(150);
  });

  it('tells how many events wait, and since when', async () => {
    await using database = await createTestDatabase();
    const states: OutboxState[] = [];
    using _ = onOutboxState((state) => states.push(state));
    const bus: EventBus = {
      kind: 'nats',
      publish: () => Promise.reject(new Error('The broker is down.')),
      consume: () => Promise.reject(new Error('The broker is down.')),
      oldestWaiting: () => Promise.reject(new Error('The broker is down.')),
      check: async () => ({ status: 'down' }),
      async [Symbol.asyncDispose]() {},
    };
    await using shop = await startShop(database.url, bus);
    await emitOrder(shop);
    await shop.runTask('reconcile-outbox');
    expect(states.at(-1)).toMatchObject({ subgraph: 'shop', unpublished: 1, oldestSeconds: expect.any(Number), republished: 0 });
    expect(states.at(-1)?.oldestSeconds).toBeGreaterThan(0);
  });

  it('keeps its events when there is none', async () => {
    await using database = await createTestDatabase();
    await using shop = await startShop(database.url);
    await emitOrder(shop);
    expect(await shop.database.run('select published_at from shop.outbox', [])).toEqual([{ published_at: null }]);
  });
});
