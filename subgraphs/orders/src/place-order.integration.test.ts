import type { Caller } from '@portico/contracts/caller';
import { newId } from '@portico/contracts/ids';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import { testCaller } from '@portico/service-kit/testing';
import { describe, expect, it } from 'vitest';
import {
  ask,
  customerOf,
  eventsOf,
  laterThanLease,
  ONE,
  orderInput,
  PLACE,
  place,
  productOf,
  settle,
  settleEverything,
  tasksOf,
  type World,
  withWorld,
} from './testing.ts';

let world: World;
withWorld((opened) => {
  world = opened;
});

describe('placing an order', () => {
  it('writes the order at catalogue prices with one event, for its own tenant', async () => {
    const caller = testCaller();
    const order = await place(world, caller, 3);
    expect(order).toMatchObject({ status: 'pending', total: 3750, version: 1, items: [{ quantity: 3, total: 3750 }] });
    expect((await ask(world, caller, ONE, { id: order.id })).order).toEqual(order);
    expect((await ask(world, testCaller(), ONE, { id: order.id })).order).toBeNull();
    expect(await eventsOf(world, order.id)).toEqual([
      { type: 'order.created', payload: expect.objectContaining({ id: order.id, total: 3750 }) },
    ]);
    expect(world.stock.holds.get(order.id)).toBe(3);
    expect(await tasksOf(world, order.id)).toEqual([]);
  });

  it.each([
    ['a customer that is not there', () => ({ ...orderInput(world), customerId: newId('customer') }), 'INVALID_CUSTOMER', 'customerId'],
    ['a customer id of the wrong shape', () => ({ ...orderInput(world), customerId: 'cust_1' }), 'INVALID_CUSTOMER', 'customerId'],
    ['an erased customer', () => ({ ...orderInput(world), customerId: customerOf(world, 'erased') }), 'INVALID_CUSTOMER', 'customerId'],
    [
      'an unknown product',
      () => ({ ...orderInput(world), items: [{ productId: newId('product'), quantity: 1 }] }),
      'VALIDATION_ERROR',
      'items[0].productId',
    ],
    [
      'a draft product',
      () => ({ ...orderInput(world), items: [{ productId: productOf(world, 1, 'USD', 'draft'), quantity: 1 }] }),
      'VALIDATION_ERROR',
      'items[0].productId',
    ],
    [
      'another price',
      () => ({ ...orderInput(world), items: [{ productId: productOf(world, 2999), quantity: 1, price: 29.98 }] }),
      'VALIDATION_ERROR',
      'items[0].price',
    ],
    [
      'no pieces',
      () => ({ ...orderInput(world), items: [{ productId: productOf(world), quantity: 0 }] }),
      'VALIDATION_ERROR',
      'items[0].quantity',
    ],
    [
      'too many pieces',
      () => ({ ...orderInput(world), items: [{ productId: productOf(world), quantity: 1000 }] }),
      'VALIDATION_ERROR',
      'items[0].quantity',
    ],
    ['no items', () => ({ ...orderInput(world), items: [] }), 'VALIDATION_ERROR', 'items'],
    [
      'two currencies',
      () => ({
        ...orderInput(world),
        items: [productOf(world), productOf(world, 100, 'JPY')].map((productId) => ({ productId, quantity: 1 })),
      }),
      'VALIDATION_ERROR',
      'items[1].productId',
    ],
  ])('refuses %s and reserves nothing', async (_, input, code, field) => {
    await expect(ask(world, testCaller(), PLACE, { input: input() })).rejects.toMatchObject({
      code,
      details: { [field]: expect.any(String) },
    });
    expect(world.stock.left).toBe(1_000);
  });

  it('takes the price that the buyer saw when it is the right one', async () => {
    const input = { ...orderInput(world), items: [{ productId: productOf(world, 2999), quantity: 2, price: 29.99 }] };
    expect((await ask(world, testCaller(), PLACE, { input })).placeOrder.total).toBe(5998);
  });

  it('leaves nothing behind when the stock is short', async () => {
    world.stock.left = 1;
    const caller = testCaller();
    await expect(place(world, caller, 2)).rejects.toMatchObject({ code: 'INSUFFICIENT_INVENTORY' });
    expect(await world.orders.database.run('select id from orders.saga_task where account_id = $1', [caller.accountId])).toEqual([]);
    expect((await ask(world, caller, '{ orders(page: { number: 1, size: 1 }) { total } }')).orders.total).toBe(0);
  });

  it('makes one order of many tries with one idempotency seed', async () => {
    const caller = testCaller(['read', 'write'], { idempotencySeed: newId('request') });
    const input = orderInput(world);
    const tries = await Promise.all(Array.from({ length: 6 }, () => ask(world, caller, PLACE, { input }).catch((error) => ({ error }))));
    const placed = tries.flatMap((one) => ('placeOrder' in one ? [one.placeOrder.id] : []));
    expect(placed.length).toBeGreaterThan(0);
    expect(new Set(placed).size).toBe(1);
    expect((await ask(world, caller, PLACE, { input })).placeOrder.id).toBe(placed[0]);
    expect(await eventsOf(world, String(placed[0]))).toHaveLength(1);
    // Tries that crossed may have left rows; settling them must not touch the stock of an order that stands.
    await settleEverything(world);
    expect(world.stock.left).toBe(998);
  });

  it('answers a later try with the order that stands, though its price has changed meanwhile', async () => {
    const caller = testCaller(['read', 'write'], { idempotencySeed: newId('request') });
    const input = orderInput(world);
    const { placeOrder } = await ask(world, caller, PLACE, { input: { ...input, items: [{ ...input.items[0], price: '12.50' }] } });
    for (const { productId } of input.items) world.products.delete(productId);
    expect((await ask(world, caller, PLACE, { input })).placeOrder).toMatchObject({ id: placeOrder.id, total: placeOrder.total });
  });
});

describe('a crash while an order is placed', () => {
  it.each(['before', 'after'] as const)(
    '%s the stock was reserved: the sweeper releases it, once, and the late try is refused',
    async (when) => {
      const caller = testCaller(['read', 'write'], { idempotencySeed: newId('request') });
      const id = newId('order', caller.idempotencySeed);
      const input = orderInput(world, 5);
      world.fail = { operation: 'ReserveStock', when };
      await expect(ask(world, caller, PLACE, { input })).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
      world.fail = undefined;
      expect(await tasksOf(world, id)).toEqual([{ stage: 'placing', stock: 'release', payment: null }]);
      expect(await settle(world)).toBe(0);
      laterThanLease(world);
      expect(await settle(world)).toBe(1);
      expect(await settle(world)).toBe(0);
      expect({ left: world.stock.left, tasks: await tasksOf(world, id) }).toEqual({ left: 1_000, tasks: [] });
      await expect(ask(world, caller, PLACE, { input })).rejects.toMatchObject({ code: 'CONFLICT' });
      expect((await ask(world, caller, ONE, { id })).order).toBeNull();
    },
  );

  it('is finished by the next try of the same request while its time is not up', async () => {
    const caller = testCaller(['read', 'write'], { idempotencySeed: newId('request') });
    const input = orderInput(world, 5);
    world.fail = { operation: 'ReserveStock', when: 'after' };
    await expect(ask(world, caller, PLACE, { input })).rejects.toBeDefined();
    world.fail = undefined;
    const { placeOrder } = await ask(world, caller, PLACE, { input });
    expect(placeOrder.status).toBe('pending');
    laterThanLease(world);
    expect(await settle(world)).toBe(0);
    expect(world.stock.left).toBe(995);
  });

  it('cannot complete an order that the sweeper has begun to undo', async () => {
    const caller = testCaller(['read', 'write'], { idempotencySeed: newId('request') });
    const id = newId('order', caller.idempotencySeed);
    const sweepDuringReserve: GraphClient['execute'] = world.graph.execute;
    world.graph.execute = async <Data>(document: string, variables: Readonly<Record<string, unknown>>, asking: Caller): Promise<Data> => {
      const answer = await sweepDuringReserve<Data>(document, variables, asking);
      if (document.includes('ReserveStock')) {
        laterThanLease(world);
        await settle(world);
      }
      return answer;
    };
    await expect(ask(world, caller, PLACE, { input: orderInput(world, 5) })).rejects.toMatchObject({ code: 'CONFLICT' });
    world.graph.execute = sweepDuringReserve;
    expect((await ask(world, caller, ONE, { id })).order).toBeNull();
    expect(world.stock.left).toBe(1_000);
  });
});
