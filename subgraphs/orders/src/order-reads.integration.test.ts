import { onStatement } from '@portico/service-kit/sql/statement-log';
import { askSubgraph, silentLogger, TEST_SECRET_KEYS, testCaller, testSettings } from '@portico/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { start } from './server.ts';
import { type Answer, ask, ONE, orderInput, PLACE, place, type World, withWorld } from './testing.ts';

let world: World;
withWorld((opened) => {
  world = opened;
});

describe('reading orders', () => {
  it('is one statement with the lines inside, and no column that was not asked for', async () => {
    const caller = testCaller();
    await place(world, caller);
    const statements: string[] = [];
    // The program's own tasks speak meanwhile.
    using _ = onStatement(({ text }) => void (/^select\b.*\borders\.order/s.test(text) && statements.push(text)));
    await ask(world, caller, '{ orders(page: { number: 1, size: 20 }) { items { id } } }');
    await ask(world, caller, '{ orders(page: { number: 1, size: 20 }) { items { items { productId } } } }');
    expect(statements).toHaveLength(2);
    expect(statements[0]).toMatch(/^select t\.id as "id" from orders\.order t where/);
    expect(statements[1]).toContain(`json_build_object('productId', l.product_id)`);
  });

  it('filters by product, total and words, and pages the orders of a customer', async () => {
    const caller = testCaller();
    const input = orderInput(world, 2);
    const { id } = (await ask(world, caller, PLACE, { input })).placeOrder;
    await place(world, caller, 9);
    const list = 'query ($filter: OrderFilter) { orders(filter: $filter, page: { number: 1, size: 20 }) { items { id } total } }';
    const found = async (filter: object): Promise<string[]> =>
      (await ask(world, caller, list, { filter })).orders.items.map((order) => order.id);
    expect(await found({ productId: [input.items[0]?.productId] })).toEqual([id]);
    expect(await found({ totalMax: 25 })).toEqual([id]);
    expect(await found({ customerId: [input.customerId] })).toEqual([id]);
    expect((await found({ q: 'blue MUG' })).length).toBe(2);
    const { _entities } = await askSubgraph<{ _entities: [{ orders: { items: { id: string }[] } }] }>(
      world.orders,
      caller,
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { orders(page: { size: 5 }) { items { id } nextCursor } } } }',
      { r: [{ __typename: 'Customer', id: input.customerId }] },
    );
    expect(_entities[0].orders).toEqual({ items: [{ id }], nextCursor: null });
  });

  it('keeps addresses sealed, and forgets them for an erased customer', async () => {
    const caller = testCaller();
    const input = orderInput(world);
    const { id } = (await ask(world, caller, PLACE, { input })).placeOrder;
    const rows = await world.orders.database.run('/* all tenants: canary */ select to_jsonb(o) as o from orders.order o', []);
    expect(JSON.stringify(rows)).not.toContain('Main St');
    const forget = 'mutation ($id: ID!) { anonymizeOrders(customerId: $id) }';
    expect(await askSubgraph(world.orders, testCaller(), forget, { id: input.customerId })).toEqual({ anonymizeOrders: 0 });
    expect(await askSubgraph(world.orders, caller, forget, { id: input.customerId })).toEqual({ anonymizeOrders: 1 });
    expect((await ask(world, caller, ONE, { id })).order).toMatchObject({ shippingAddress: null, notes: null, version: 2, total: 2500 });
  });

  it('moves addresses to the newest key, past a row that does not open', async () => {
    const caller = testCaller();
    const { id } = await place(world, caller);
    const { id: altered } = await place(world, caller);
    const sealedOf = async (one: string) =>
      String(
        (
          await world.orders.database.run('select shipping_address_sealed as s from orders.order where id = $1 and account_id = $2', [
            one,
            caller.accountId,
          ])
        )[0]?.s,
      );
    await world.orders.database.run(`update orders.order set shipping_address_sealed = '1.AAAA' where id = $1 and account_id = $2`, [
      altered,
      caller.accountId,
    ]);
    const ring = `${TEST_SECRET_KEYS},2:${Buffer.alloc(32, 9).toString('base64')}`;
    await using rotated = await start(
      { ...testSettings(world.databaseUrl, 4), secretKeys: ring },
      { graph: world.graph, logger: silentLogger, now: () => world.clock, tasks: 'by-hand' },
    );
    await expect.poll(() => rotated.runTask('reseal')).toBe(0);
    expect(await sealedOf(id)).toMatch(/^2\./);
    expect(await sealedOf(altered)).toBe('1.AAAA');
    expect((await askSubgraph<Answer>(rotated, caller, ONE, { id })).order).toMatchObject({ shippingAddress: { city: 'New York' } });
  });
});
