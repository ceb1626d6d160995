import type { Caller } from '@portico/contracts/caller';
import { newId } from '@portico/contracts/ids';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import type { Subgraph } from '@portico/service-kit/subgraph/start-subgraph';
import { askSubgraph, createTestDatabase, silentLogger, testCaller, testSettings } from '@portico/service-kit/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { start } from './server.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let inventory: Subgraph;
/** By product, what its SKU is now. */
const skus = new Map<string, string>();
let afterAnswer: (() => Promise<void>) | undefined;
let caller: Caller;

/** Stands for the products subgraph behind the graph. */
const graph: GraphClient = {
  async execute<Data>(_document: string, { id, sku }: Readonly<Record<string, unknown>>) {
    if (sku !== undefined) {
      const items = [...skus].flatMap(([product, current]) => (current === sku ? [{ id: product, sku }] : []));
      return { products: { items } } as Data;
    }
    const current = skus.get(String(id));
    await afterAnswer?.();
    return { product: current === undefined ? null : { sku: current } } as Data;
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
beforeEach(() => {
  skus.clear();
  afterAnswer = undefined;
  caller = testCaller();
});

type Item = { id: string; sku: string; updatedAt: string; version: number };
type Answer = { addInventory: Item; inventoryItem: Item | null; followProductSku: boolean };
const ask = (source: string, variables: Record<string, unknown>, by = caller): Promise<Answer> =>
  askSubgraph<Answer>(inventory, by, source, variables);

const ITEM = '{ id sku updatedAt version }';

/** A product whose stock is tracked. */
async function tracked(sku: string): Promise<string> {
  const productId = newId('product');
  skus.set(productId, sku);
  await ask(`mutation ($input: AddInventoryInput!) { addInventory(input: $input) ${ITEM} }`, { input: { sku, quantity: 5 } });
  return productId;
}
const follow = async (productId: string, by = caller): Promise<boolean> =>
  (await ask('mutation ($productId: ID!) { followProductSku(productId: $productId) }', { productId }, by)).followProductSku;
const itemAt = async (sku: string): Promise<Item | null> =>
  (await ask(`query ($sku: String!) { inventoryItem(sku: $sku) ${ITEM} }`, { sku })).inventoryItem;
/** By SKU, whose item is found under it. */
async function shelves(): Promise<Record<string, unknown>> {
  const rows = await inventory.database.run(
    'select sku, product_id from inventory.inventory_item where account_id = $1 and mode = $2 order by sku',
    [caller.accountId, caller.mode],
  );
  return Object.fromEntries(rows.map((row) => [row.sku, row.product_id]));
}
const dataVersion = () =>
  inventory.database.run('select version::text from inventory.data_version where account_id = $1 and mode = $2', [
    caller.accountId,
    caller.mode,
  ]);

describe('the SKU of an item', () => {
  it('becomes what the product has now, once', async () => {
    const product = await tracked('MUG-1');
    const before = await itemAt('MUG-1');
    skus.set(product, 'MUG-2');
    expect(await follow(product)).toBe(true);
    expect(await itemAt('MUG-1')).toBeNull();
    const after = await itemAt('MUG-2');
    expect(after).toMatchObject({ id: before?.id, version: 2 });
    expect(Date.parse(after?.updatedAt ?? '')).toBeGreaterThan(Date.parse(before?.updatedAt ?? ''));
    const version = await dataVersion();
    expect(await follow(product)).toBe(false);
    expect(await itemAt('MUG-2')).toEqual(after);
    expect(await dataVersion()).toEqual(version);
  });

  it('frees the old one for another product', async () => {
    const product = await tracked('MUG-1');
    skus.set(product, 'MUG-2');
    await follow(product);
    const other = await tracked('MUG-1');
    expect(await shelves()).toEqual({ 'MUG-1': other, 'MUG-2': product });
  });

  it('is given to the stock of a product made anew under it, which begins by itself', async () => {
    const deleted = await tracked('MUG-1');
    const { reserveInventory } = await askSubgraph<{ reserveInventory: { id: string } }>(
      inventory,
      caller,
      'mutation { reserveInventory(sku: "MUG-1", quantity: 2) { id } }',
    );
    skus.delete(deleted);
    const anew = await tracked('MUG-1');
    expect(await shelves()).toEqual({ 'MUG-1': anew, [deleted]: deleted });
    const stock = 'query ($sku: String!) { inventoryItem(sku: $sku) { quantity reserved } }';
    expect(await askSubgraph(inventory, caller, stock, { sku: 'MUG-1' })).toEqual({ inventoryItem: { quantity: 5, reserved: 0 } });
    const release = 'mutation ($sku: String!, $id: ID!) { releaseInventory(sku: $sku, reservationId: $id) { item { reserved } } }';
    expect(await askSubgraph(inventory, caller, release, { ...reserveInventory, sku: deleted })).toEqual({
      releaseInventory: { item: { reserved: 0 } },
    });
  });

  it('is given to another product at once, though the item that has it did not follow its own product yet', async () => {
    const product = await tracked('MUG-1');
    skus.set(product, 'MUG-2');
    const other = await tracked('MUG-1');
    expect(await shelves()).toEqual({ 'MUG-1': other, 'MUG-2': product });
  });

  it('leaves reservations what they were, to be released under the new one', async () => {
    const product = await tracked('MUG-1');
    const reserve = 'mutation { reserveInventory(sku: "MUG-1", quantity: 2) { id } }';
    const { reserveInventory } = await askSubgraph<{ reserveInventory: { id: string } }>(inventory, caller, reserve);
    skus.set(product, 'MUG-2');
    await follow(product);
    const release = 'mutation ($id: ID!) { releaseInventory(sku: "MUG-2", reservationId: $id) { sku item { sku reserved } } }';
    expect(await askSubgraph(inventory, caller, release, reserveInventory)).toEqual({
      releaseInventory: { sku: 'MUG-1', item: { sku: 'MUG-2', reserved: 0 } },
    });
  });

  it('stays for a product that is not tracked, or that is of another tenant', async () => {
    const product = await tracked('MUG-1');
    expect(await follow(newId('product'))).toBe(false);
    skus.set(product, 'MUG-2');
    expect(await follow(product, testCaller())).toBe(false);
    expect(await shelves()).toEqual({ 'MUG-1': product });
  });

  it('is changed by nobody who may not write to the inventory', async () => {
    const product = await tracked('MUG-1');
    skus.set(product, 'MUG-2');
    await expect(follow(product, { ...caller, scopes: new Set(['inventory:read']) })).rejects.toMatchObject({
      details: { requiredScope: 'inventory:write' },
    });
  });

  it('is not set back by an answer that was late', async () => {
    const product = await tracked('MUG-1');
    skus.set(product, 'MUG-2');
    afterAnswer = async () => {
      afterAnswer = undefined;
      skus.set(product, 'MUG-3');
      expect(await follow(product)).toBe(true);
    };
    await expect(follow(product)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await shelves()).toEqual({ 'MUG-3': product });
  });
});

describe('a SKU that is still on the item of another product', () => {
  it('goes from one to the other, which goes to its own', async () => {
    const [a, b] = [await tracked('A'), await tracked('B')];
    skus.set(a, 'C').set(b, 'A');
    expect(await follow(b)).toBe(true);
    expect(await shelves()).toEqual({ A: b, C: a });
    expect(await follow(a)).toBe(false);
  });

  it.each(['first', 'second'] as const)('is exchanged for the own one, the %s of the two being told first', async (first) => {
    const [a, b] = [await tracked('A'), await tracked('B')];
    skus.set(a, 'B').set(b, 'A');
    const order = first === 'first' ? [a, b] : [b, a];
    expect([await follow(order[0] ?? ''), await follow(order[1] ?? '')]).toEqual([true, false]);
    expect(await shelves()).toEqual({ A: b, B: a });
  });

  it('goes round among three, all of whom are told at the same time', async () => {
    const [a, b, c] = [await tracked('A'), await tracked('B'), await tracked('C')];
    skus.set(a, 'B').set(b, 'C').set(c, 'A');
    const outcomes = await Promise.allSettled([a, b, c].map((product) => follow(product)));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    expect(refused.filter((code) => code !== 'CONFLICT')).toEqual([]);
    expect(await shelves()).toEqual({ A: c, B: a, C: b });
  });

  it('is a conflict while the catalogue says that both have it, and right when it does not any more', async () => {
    const [a, b] = [await tracked('A'), await tracked('B')];
    skus.set(a, 'B');
    await expect(follow(a)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await shelves()).toEqual({ A: a, B: b });
    skus.set(b, 'C');
    expect(await follow(a)).toBe(true);
    expect(await shelves()).toEqual({ B: a, C: b });
  });

  it('is a conflict when it began to be tracked for the other at that moment, and right when that one moved', async () => {
    const [a, b] = [await tracked('A'), newId('product')];
    skus.set(a, 'B').set(b, 'C');
    const following = await inventory.database.transaction(async (run) => {
      await run(
        `insert into inventory.inventory_item
           (id, account_id, mode, sku, product_id, quantity, reserved, low_stock_threshold, created_at, updated_at)
         values ($1, $2, $3, 'B', $4, 1, 0, 0, now(), now())`,
        [newId('inventory'), caller.accountId, caller.mode, b],
      );
      const outcome = follow(a).catch((error: unknown) => error);
      const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await expect.poll(() => inventory.database.run(waiting, []), { timeout: 10_000 }).toHaveLength(1);
      return { outcome };
    });
    expect(await following.outcome).toMatchObject({ code: 'CONFLICT' });
    expect(await shelves()).toEqual({ A: a, B: b });
    expect(await follow(a)).toBe(true);
    expect(await shelves()).toEqual({ B: a, C: b });
  });

  it('goes over from the item of a product that was deleted', async () => {
    const [a, b] = [await tracked('A'), await tracked('B')];
    skus.delete(b);
    skus.set(a, 'B');
    expect(await follow(a)).toBe(true);
    expect(await shelves()).toEqual({ B: a, [b]: b });
  });
});
