import type { Caller } from '@portico/contracts/caller';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import type { Subgraph } from '@portico/service-kit/subgraph/start-subgraph';
import { askSubgraph, createTestDatabase, silentLogger, testCaller, testSettings } from '@portico/service-kit/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { start } from './server.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let products: Subgraph;
let told: { id: unknown; caller: Caller }[] = [];
let inventoryIsAway = false;
let whenTold: (() => Promise<void>) | undefined;
let clock = new Date();

/** Stands for the inventory subgraph behind the graph. */
const graph: GraphClient = {
  async execute<Data>(_document: string, { id }: Readonly<Record<string, unknown>>, caller: Caller) {
    if (inventoryIsAway) throw new Error('away');
    told.push({ id, caller });
    await whenTold?.();
    return { followProductSku: true } as Data;
  },
};

beforeAll(async () => {
  database = await createTestDatabase();
  products = await start(testSettings(database.url), { graph, logger: silentLogger, now: () => clock, tasks: 'by-hand' });
});
afterAll(async () => {
  await products?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  inventoryIsAway = false;
  whenTold = undefined;
  await products.database.run('delete from products.sku_change', []);
  told = [];
});

const CREATE = 'mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }';
const UPDATE = 'mutation ($id: ID!, $input: UpdateProductInput!) { updateProduct(id: $id, input: $input) { sku } }';

async function created(caller: Caller, sku = 'MUG-1'): Promise<string> {
  const input = { sku, name: 'Blue mug', price: 12.5, currency: 'USD' };
  return (await askSubgraph<{ createProduct: { id: string } }>(products, caller, CREATE, { input })).createProduct.id;
}
const change = (caller: Caller, id: string, input: object) => askSubgraph(products, caller, UPDATE, { id, input });
const remembered = () => products.database.run('select product_id as id from products.sku_change', []);
const pass = (ms: number): void => {
  clock = new Date(clock.getTime() + ms);
};
const followSkus = () => products.runTask('follow-skus');

it('tells the inventory of a new SKU at once, and once more when no stock can be left that began to be tracked under the old one', async () => {
  const caller = testCaller();
  const id = await created(caller);
  expect(await change(caller, id, { sku: 'MUG-2' })).toEqual({ updateProduct: { sku: 'MUG-2' } });
  const { accountId, mode, requestId } = caller;
  const asProducts = { accountId, mode, requestId, actor: 'service:products', scopes: new Set(['inventory:write']) };
  expect(told).toEqual([{ id, caller: expect.objectContaining(asProducts) }]);
  expect(await remembered()).toEqual([{ id }]);
  expect(await followSkus()).toBe(0);
  pass(31_000);
  expect(await followSkus()).toBe(1);
  expect(told).toEqual(Array(2).fill({ id, caller: expect.objectContaining(asProducts) }));
  expect(await remembered()).toEqual([]);
  expect(await followSkus()).toBe(0);
});

it('remembers nothing of a change that leaves the SKU, or that is refused', async () => {
  const caller = testCaller();
  const id = await created(caller);
  await created(caller, 'TAKEN');
  await change(caller, id, { sku: 'MUG-1', name: 'Red mug' });
  await expect(change(caller, id, { sku: 'taken' })).rejects.toMatchObject({ code: 'CONFLICT' });
  await change(caller, id, { name: 'Green mug' });
  expect(told).toEqual([]);
  expect(await remembered()).toEqual([]);
});

it('changes the SKU when the inventory is away, and tells until that has been heard', async () => {
  const caller = testCaller();
  const id = await created(caller);
  inventoryIsAway = true;
  expect(await change(caller, id, { sku: 'MUG-2' })).toEqual({ updateProduct: { sku: 'MUG-2' } });
  pass(31_000);
  await expect(followSkus()).rejects.toThrow('away');
  expect(await followSkus()).toBe(0);
  inventoryIsAway = false;
  pass(31_000);
  expect(await followSkus()).toBe(1);
  expect(told.map((one) => one.id)).toEqual([id]);
  expect(await remembered()).toEqual([]);
});

it('keeps one row of several changes, with the time of the last', async () => {
  const caller = testCaller();
  const id = await created(caller);
  await change(caller, id, { sku: 'MUG-2' });
  pass(20_000);
  await change(caller, id, { sku: 'MUG-3' });
  expect(await remembered()).toEqual([{ id }]);
  pass(20_000);
  expect(await followSkus()).toBe(0);
  pass(11_000);
  expect(await followSkus()).toBe(1);
  expect(told).toHaveLength(3);
});

it('does not forget a change that comes while the task tells of the one before', async () => {
  const caller = testCaller();
  const id = await created(caller);
  await change(caller, id, { sku: 'MUG-2' });
  pass(31_000);
  whenTold = async () => {
    whenTold = undefined;
    pass(5);
    await change(caller, id, { sku: 'MUG-3' });
  };
  expect(await followSkus()).toBe(1);
  expect(await remembered()).toEqual([{ id }]);
});
