import type { Caller } from '@portico/contracts/caller';
import { newId } from '@portico/contracts/ids';
import type { Subgraph } from '@portico/service-kit/subgraph/start-subgraph';
import { askSubgraph, createTestDatabase, silentLogger, testCaller, testSettings } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from './server.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let inventory: Subgraph;
beforeAll(async () => {
  database = await createTestDatabase();
  const graph = { execute: async <Data>(_: string, { sku }: Readonly<Record<string, unknown>>) => productOf(sku) as Data };
  inventory = await start(testSettings(database.url, 20), { graph, logger: silentLogger });
});
afterAll(async () => {
  await inventory?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

function productOf(sku: unknown) {
  return { products: { items: [{ id: newId('product'), sku }] } };
}

type Reservation = { id: string; quantity: number; status: string; item: { reserved: number } };
const SHOWN = '{ id quantity status item { reserved } }';
const ADD = 'mutation ($sku: String!) { addInventory(input: { sku: $sku, quantity: 10 }) { id } }';
const RESERVE = `mutation ($sku: String!) { made: reserveInventory(sku: $sku, quantity: 5) ${SHOWN} }`;
const RELEASE = `mutation ($sku: String!, $id: ID!, $quantity: Int) { made: releaseInventory(sku: $sku, reservationId: $id, quantity: $quantity) ${SHOWN} }`;
const FREE = 'mutation ($orderId: ID!) { made: releaseStock(orderId: $orderId) { status } }';

async function ask<Made = Reservation>(caller: Caller, source: string, variables: Record<string, unknown>): Promise<Made> {
  return (await askSubgraph<{ made: Made }>(inventory, caller, source, variables)).made;
}

describe('a release by hand', () => {
  const again = (caller: Caller): Caller => ({ ...caller, idempotencySeed: newId('request') });

  async function reserved() {
    const [caller, sku] = [testCaller(), `SKU-${newId('product').slice(-8)}`];
    await ask(caller, ADD, { sku });
    const { id } = await ask(caller, RESERVE, { sku });
    return { caller, sku, id };
  }

  it('with one idempotency seed gives back once, however often it is asked, and another one again', async () => {
    const { caller, sku, id } = await reserved();
    const once = again(caller);
    const first = await ask(once, RELEASE, { sku, id, quantity: 2 });
    expect(first).toEqual({ id, quantity: 3, status: 'held', item: { reserved: 3 } });
    expect(await ask(once, RELEASE, { sku, id, quantity: 2 })).toEqual(first);
    expect(await ask(again(caller), RELEASE, { sku, id, quantity: 2 })).toMatchObject({ quantity: 1, item: { reserved: 1 } });
    expect(await ask(once, RELEASE, { sku, id, quantity: 2 })).toMatchObject({ quantity: 1, item: { reserved: 1 } });
  });

  it('that was asked twice at the same time gives back once', async () => {
    const { caller, sku, id } = await reserved();
    const once = again(caller);
    const tries = await Promise.all([1, 2, 3].map(() => ask(once, RELEASE, { sku, id, quantity: 1 })));
    expect(tries.map(({ item }) => item.reserved)).toEqual([4, 4, 4]);
  });

  it('of all that is held answers the same to the second try', async () => {
    const { caller, sku, id } = await reserved();
    const once = again(caller);
    const first = await ask(once, RELEASE, { sku, id });
    expect(first).toEqual({ id, quantity: 0, status: 'released', item: { reserved: 0 } });
    expect(await ask(once, RELEASE, { sku, id })).toEqual(first);
    await expect(ask(again(caller), RELEASE, { sku, id })).rejects.toMatchObject({ code: 'INVALID_STATE' });
  });
});

describe("the release of an order's stock", () => {
  it('that comes several times at once, before anything was held, is answered every time', async () => {
    const orderIds = Array.from({ length: 10 }, () => newId('order'));
    const caller = testCaller();
    const answers = await Promise.all(
      orderIds.flatMap((orderId) => [1, 2, 3, 4].map(() => ask<{ status: string }>(caller, FREE, { orderId }))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['released']));
  });
});
