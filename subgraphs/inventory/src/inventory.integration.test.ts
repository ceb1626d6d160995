import type { Caller } from '@portico/contracts/caller';
import { newId } from '@portico/contracts/ids';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import type { Subgraph } from '@portico/service-kit/subgraph/start-subgraph';
import { askSubgraph, createTestDatabase, silentLogger, testCaller, testSettings } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from './server.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let inventory: Subgraph;
const products = new Map<string, string>();

/** Stands for the products subgraph behind the graph. */
const graph: GraphClient = {
  async execute<Data>(_document: string, { sku }: Readonly<Record<string, unknown>>) {
    const id = products.get(String(sku));
    return { products: { items: id === undefined ? [] : [{ id, sku }] } } as Data;
  },
};

beforeAll(async () => {
  database = await createTestDatabase();
  inventory = await start(testSettings(database.url, 20), { graph, logger: silentLogger });
});
afterAll(async () => {
  await inventory?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

type Item = { id: string; sku: string; productId: string; quantity: number; reserved: number; available: number; version: number };
type Reservation = { id: string; quantity: number; status: string; item: Item };
type Answer = {
  inventoryItem: Item | null;
  addInventory: Item;
  updateInventory: Item;
  reserveInventory: Reservation;
  releaseInventory: Reservation;
  reserveStock: { status: string };
  releaseStock: { status: string };
  commitStock: { status: string };
};
const ask = (caller: Caller, source: string, variables: Record<string, unknown> = {}): Promise<Answer> =>
  askSubgraph<Answer>(inventory, caller, source, variables);

const ITEM = '{ id sku productId quantity reserved available lowStock version }';
const ADD = `mutation ($input: AddInventoryInput!) { addInventory(input: $input) ${ITEM} }`;
const ONE = `query ($sku: String!) { inventoryItem(sku: $sku) ${ITEM} }`;
const UPDATE = `mutation ($sku: String!, $input: UpdateInventoryInput!) { updateInventory(sku: $sku, input: $input) ${ITEM} }`;
const RESERVE = `mutation ($sku: String!, $quantity: Int!) { reserveInventory(sku: $sku, quantity: $quantity) { id quantity status item ${ITEM} } }`;
const RELEASE = `mutation ($sku: String!, $id: ID!, $quantity: Int) { releaseInventory(sku: $sku, reservationId: $id, quantity: $quantity) { quantity status item ${ITEM} } }`;
const HOLD = 'mutation ($orderId: ID!, $lines: [StockLine!]!) { reserveStock(orderId: $orderId, lines: $lines) { status } }';
const FREE = 'mutation ($orderId: ID!) { releaseStock(orderId: $orderId) { status } }';
const COMMIT = 'mutation ($orderId: ID!) { commitStock(orderId: $orderId) { status } }';

async function stocked(caller: Caller, quantity: number, lowStockThreshold = 0): Promise<Item> {
  const sku = `SKU-${newId('product').slice(-8)}`;
  products.set(sku, newId('product'));
  return (await ask(caller, ADD, { input: { sku, quantity, lowStockThreshold } })).addInventory;
}
const itemOf = async (caller: Caller, { sku }: Item): Promise<Item | null> => (await ask(caller, ONE, { sku })).inventoryItem;
const lowEvents = (item: Item) =>
  inventory.database.run(`select payload from inventory.outbox where type = 'inventory.low' and aggregate_id = $1`, [item.id]);

describe('an item', () => {
  it('is tracked once, for a product that exists, by its own tenant', async () => {
    const caller = testCaller();
    const item = await stocked(caller, 5);
    expect(item).toMatchObject({ quantity: 5, reserved: 0, available: 5, version: 1 });
    await expect(ask(caller, ADD, { input: { sku: item.sku, quantity: 1 } })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(ask(caller, ADD, { input: { sku: 'NOTHING', quantity: 1 } })).rejects.toMatchObject({
      details: { sku: expect.any(String) },
    });
    expect(await itemOf(testCaller(), item)).toBeNull();
    await expect(ask(testCaller(), RESERVE, { sku: item.sku, quantity: 1 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('cannot fall below what is reserved', async () => {
    const caller = testCaller();
    const { sku } = await stocked(caller, 5);
    await ask(caller, RESERVE, { sku, quantity: 3 });
    await expect(ask(caller, UPDATE, { sku, input: { quantity: 2 } })).rejects.toMatchObject({ code: 'INVALID_STATE' });
    expect((await ask(caller, UPDATE, { sku, input: { quantity: 3 } })).updateInventory).toMatchObject({ quantity: 3, available: 0 });
  });
});

describe('reserving by hand', () => {
  it('holds, releases in parts, and refuses what is not held', async () => {
    const caller = testCaller();
    const item = await stocked(caller, 5);
    const { id, item: after } = (await ask(caller, RESERVE, { sku: item.sku, quantity: 4 })).reserveInventory;
    expect(after).toMatchObject({ available: 1, reserved: 4 });
    await expect(ask(caller, RESERVE, { sku: item.sku, quantity: 2 })).rejects.toMatchObject({
      code: 'INSUFFICIENT_INVENTORY',
      details: { quantity: 'Requested 2, available 1.' },
    });
    const part = (await ask(caller, RELEASE, { sku: item.sku, id, quantity: 1 })).releaseInventory;
    expect(part).toMatchObject({ quantity: 3, status: 'held', item: { available: 2 } });
    await expect(ask(caller, RELEASE, { sku: item.sku, id, quantity: 4 })).rejects.toMatchObject({ code: 'INVALID_STATE' });
    expect((await ask(caller, RELEASE, { sku: item.sku, id })).releaseInventory).toMatchObject({
      quantity: 0,
      status: 'released',
      item: { available: 5 },
    });
    await expect(ask(caller, RELEASE, { sku: item.sku, id })).rejects.toMatchObject({ code: 'INVALID_STATE' });
    await expect(ask(caller, RELEASE, { sku: item.sku, id: 'res_nothing' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('with one idempotency seed holds once', async () => {
    const caller = testCaller(['read', 'write'], { idempotencySeed: newId('request') });
    const item = await stocked(testCaller(['read', 'write'], { accountId: caller.accountId }), 5);
    const [first, second] = await Promise.all([
      ask(caller, RESERVE, { sku: item.sku, quantity: 2 }),
      ask(caller, RESERVE, { sku: item.sku, quantity: 2 }),
    ]);
    expect(second.reserveInventory.id).toBe(first.reserveInventory.id);
    expect(await itemOf(caller, item)).toMatchObject({ reserved: 2 });
  });
});

describe("an order's stock", () => {
  it('is held for all lines or for none, and says which are short', async () => {
    const caller = testCaller();
    const [plenty, few] = [await stocked(caller, 10), await stocked(caller, 1)];
    const lines = [plenty, few].map(({ productId }) => ({ productId, quantity: 2 }));
    await expect(ask(caller, HOLD, { orderId: newId('order'), lines })).rejects.toMatchObject({
      code: 'INSUFFICIENT_INVENTORY',
      message: expect.stringContaining(few.sku),
      details: { 'items[1]': 'Requested 2, available 1.' },
    });
    expect(await itemOf(caller, plenty)).toMatchObject({ reserved: 0 });
  });

  it('adds lines of the same product up', async () => {
    const caller = testCaller();
    const item = await stocked(caller, 3);
    const line = { productId: item.productId, quantity: 2 };
    await expect(ask(caller, HOLD, { orderId: newId('order'), lines: [line, line] })).rejects.toMatchObject({
      code: 'INSUFFICIENT_INVENTORY',
    });
  });

  it('is held once however often and however concurrently it is asked, and released once', async () => {
    const caller = testCaller();
    const item = await stocked(caller, 10);
    const orderId = newId('order');
    const lines = [{ productId: item.productId, quantity: 3 }];
    await Promise.all(Array.from({ length: 8 }, () => ask(caller, HOLD, { orderId, lines })));
    expect(await itemOf(caller, item)).toMatchObject({ reserved: 3 });
    await Promise.all(Array.from({ length: 8 }, () => ask(caller, FREE, { orderId })));
    expect(await itemOf(caller, item)).toMatchObject({ reserved: 0, quantity: 10 });
  });

  it('cannot be reserved after it was released, even when the release came first', async () => {
    const caller = testCaller();
    const item = await stocked(caller, 10);
    const orderId = newId('order');
    expect((await ask(caller, FREE, { orderId })).releaseStock.status).toBe('released');
    await expect(ask(caller, HOLD, { orderId, lines: [{ productId: item.productId, quantity: 1 }] })).rejects.toMatchObject({
      code: 'INVALID_STATE',
    });
    expect(await itemOf(caller, item)).toMatchObject({ reserved: 0 });
  });

  it('leaves the warehouse when it is committed, once', async () => {
    const caller = testCaller();
    const item = await stocked(caller, 10);
    const orderId = newId('order');
    await ask(caller, HOLD, { orderId, lines: [{ productId: item.productId, quantity: 4 }] });
    await ask(caller, COMMIT, { orderId });
    expect((await ask(caller, COMMIT, { orderId })).commitStock.status).toBe('committed');
    expect(await itemOf(caller, item)).toMatchObject({ quantity: 6, reserved: 0, available: 6 });
    await expect(ask(caller, FREE, { orderId })).rejects.toMatchObject({ code: 'INVALID_STATE' });
  });

  it('never goes negative, and two orders that want the same items in opposite order both end', async () => {
    const caller = testCaller();
    const [a, b] = [await stocked(caller, 25), await stocked(caller, 25)];
    const forth = [a, b].map(({ productId }) => ({ productId, quantity: 1 }));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 80 }, (_, i) => ask(caller, HOLD, { orderId: newId('order'), lines: i % 2 ? forth : forth.toReversed() })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(25);
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    expect(new Set(refused)).toEqual(new Set(['INSUFFICIENT_INVENTORY']));
    for (const item of [a, b]) expect(await itemOf(caller, item)).toMatchObject({ available: 0, reserved: 25 });
  });
});

describe('inventory.low', () => {
  it('is said once per crossing, and again after the stock recovered', async () => {
    const caller = testCaller();
    const item = await stocked(caller, 12, 10);
    await Promise.all(Array.from({ length: 6 }, () => ask(caller, RESERVE, { sku: item.sku, quantity: 1 })));
    expect(await lowEvents(item)).toEqual([{ payload: expect.objectContaining({ sku: item.sku, available: 10, lowStockThreshold: 10 }) }]);
    await ask(caller, UPDATE, { sku: item.sku, input: { quantity: 40 } });
    await ask(caller, UPDATE, { sku: item.sku, input: { quantity: 8 } });
    expect(await lowEvents(item)).toHaveLength(2);
  });
});

describe('Product.inventory', () => {
  it('answers for many products at once, null for one without stock', async () => {
    const caller = testCaller();
    const item = await stocked(caller, 4);
    const { _entities } = await askSubgraph<{ _entities: unknown[] }>(
      inventory,
      caller,
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Product { inventory { available } } } }',
      {
        r: [
          { __typename: 'Product', id: newId('product') },
          { __typename: 'Product', id: item.productId },
        ],
      },
    );
    expect(_entities).toEqual([{ inventory: null }, { inventory: { available: 4 } }]);
  });
});
