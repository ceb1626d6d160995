import type { Caller } from '@portico/contracts/caller';
import { AppError } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import { onWork } from '@portico/service-kit/subgraph/work-state';
import { testCaller } from '@portico/service-kit/testing';
import { describe, expect, it } from 'vitest';
import {
  ask,
  eventsOf,
  laterThanLease,
  MOVE,
  ONE,
  orderInput,
  PLACE,
  productOf,
  settle,
  settleEverything,
  tasksOf,
  type World,
  withWorld,
} from '../testing.ts';

let world: World;
withWorld((opened) => {
  world = opened;
});

describe('an order with a payment method', () => {
  const paying = (paymentMethod = 'tok_visa') => ({ ...orderInput(world, 2), paymentMethod });
  const seeded = (): Caller => testCaller(['read', 'write'], { idempotencySeed: newId('request') });
  const leftOf = async (id: string) => ({
    left: world.stock.left,
    charges: world.money.charges.size,
    tasks: await tasksOf(world, id),
    events: (await eventsOf(world, id)).map(({ type }) => type),
  });
  const NOTHING_LEFT = { left: 1_000, charges: 0, tasks: [], events: [] };

  it('is charged once, at its total, and confirmed when it is written', async () => {
    const caller = seeded();
    const input = paying();
    const { placeOrder } = await ask(world, caller, PLACE, { input });
    expect(placeOrder).toMatchObject({ status: 'confirmed', total: 2500, version: 1 });
    expect((await ask(world, caller, PLACE, { input })).placeOrder.id).toBe(placeOrder.id);
    expect([...world.money.charges]).toEqual([[placeOrder.id, 2500]]);
    expect(await leftOf(placeOrder.id)).toEqual({ left: 998, charges: 1, tasks: [], events: ['order.created'] });
  });

  it('that costs nothing is confirmed without a charge', async () => {
    const input = { ...paying(), items: [{ productId: productOf(world, 0), quantity: 1 }] };
    expect((await ask(world, testCaller(), PLACE, { input })).placeOrder.status).toBe('confirmed');
    expect(world.money.charges.size).toBe(0);
  });

  it('is PAYMENT_FAILED when the charge is declined: nothing is held and nothing written', async () => {
    const caller = seeded();
    world.money.decline = 'insufficient_funds';
    await expect(ask(world, caller, PLACE, { input: paying() })).rejects.toMatchObject({
      code: 'PAYMENT_FAILED',
      details: { paymentMethod: 'insufficient_funds' },
    });
    expect(await leftOf(newId('order', caller.idempotencySeed))).toEqual(NOTHING_LEFT);
  });

  it('whose decline cannot be followed by a release is released by the task', async () => {
    const caller = seeded();
    const id = newId('order', caller.idempotencySeed);
    world.fail = { operation: 'ReleaseStock', when: 'before' };
    world.money.decline = 'card_declined';
    await expect(ask(world, caller, PLACE, { input: paying() })).rejects.toMatchObject({ code: 'PAYMENT_FAILED' });
    expect(await tasksOf(world, id)).toEqual([{ stage: 'owing', stock: 'release', payment: null }]);
    world.fail = undefined;
    laterThanLease(world);
    expect(await settle(world)).toBe(1);
    expect(await leftOf(id)).toEqual(NOTHING_LEFT);
  });

  it.each(['before', 'after'] as const)(
    'whose charge is lost %s it was made is voided and released, and the late try refused',
    async (when) => {
      const caller = seeded();
      const id = newId('order', caller.idempotencySeed);
      const input = paying();
      world.fail = { operation: 'ChargeOrder', when };
      await expect(ask(world, caller, PLACE, { input })).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
      world.fail = undefined;
      expect(await tasksOf(world, id)).toEqual([{ stage: 'placing', stock: 'release', payment: 'void' }]);
      laterThanLease(world);
      expect(await settle(world)).toBe(1);
      expect(await leftOf(id)).toEqual(NOTHING_LEFT);
      await expect(ask(world, caller, PLACE, { input })).rejects.toMatchObject({ code: 'CONFLICT' });
    },
  );

  it('is finished by the next try of the same request, without a second charge', async () => {
    const caller = seeded();
    const input = paying();
    world.fail = { operation: 'ChargeOrder', when: 'after' };
    await expect(ask(world, caller, PLACE, { input })).rejects.toBeDefined();
    world.fail = undefined;
    const { placeOrder } = await ask(world, caller, PLACE, { input });
    expect(placeOrder.status).toBe('confirmed');
    expect([...world.money.charges]).toEqual([[placeOrder.id, 2500]]);
    laterThanLease(world);
    expect(await settle(world)).toBe(0);
  });

  it.each([
    ['succeeded', 'confirmed', 998],
    ['failed', 'cancelled', 1_000],
  ])('whose charge is decided later, as %s, becomes %s', async (decided, status, left) => {
    world.money.undecided = true;
    const caller = testCaller();
    const { id, status: placed } = (await ask(world, caller, PLACE, { input: paying() })).placeOrder;
    expect(placed).toBe('pending');
    world.payments = [{ status: 'pending' }];
    await settleEverything(world);
    expect((await ask(world, caller, ONE, { id })).order?.status).toBe('pending');
    expect(await tasksOf(world, id)).toEqual([{ stage: 'owing', stock: null, payment: 'await' }]);
    world.payments = [{ status: decided }];
    await settleEverything(world);
    expect((await ask(world, caller, ONE, { id })).order?.status).toBe(status);
    expect({ left: world.stock.left, tasks: await tasksOf(world, id) }).toEqual({ left, tasks: [] });
  });

  it.each([
    ['a part by another card', { status: 'succeeded', amount: 100 }, 'pending'],
    ['by a bank transfer that is on its way', { status: 'pending', provider: null }, 'pending'],
    ['in full by another card', { status: 'succeeded' }, 'confirmed'],
  ])('whose charge failed is not cancelled when the buyer has paid %s', async (_, payment, status) => {
    world.money.undecided = true;
    const caller = testCaller();
    const { id } = (await ask(world, caller, PLACE, { input: paying() })).placeOrder;
    world.payments = [{ status: 'failed' }, payment];
    await settleEverything(world);
    expect((await ask(world, caller, ONE, { id })).order?.status).toBe(status);
    expect({ left: world.stock.left, tasks: await tasksOf(world, id) }).toEqual({ left: 998, tasks: [] });
  });

  it('whose charge failed is not cancelled when the buyer begins to pay by another card while it is given up', async () => {
    world.money.undecided = true;
    const caller = testCaller();
    const { id } = (await ask(world, caller, PLACE, { input: paying() })).placeOrder;
    world.payments = [{ status: 'failed' }];
    const execute: GraphClient['execute'] = world.graph.execute;
    world.graph.execute = async (...asked) => {
      const answer = await execute<never>(...asked);
      if (asked[0].includes('OrderPayments')) world.payments = [{ status: 'failed' }, { status: 'pending' }];
      return answer;
    };
    await settleEverything(world);
    world.graph.execute = execute;
    expect((await ask(world, caller, ONE, { id })).order?.status).toBe('pending');
    expect(await tasksOf(world, id)).toEqual([{ stage: 'owing', stock: null, payment: 'await' }]);
    world.payments = [{ status: 'failed' }, { status: 'succeeded' }];
    await settleEverything(world);
    expect((await ask(world, caller, ONE, { id })).order?.status).toBe('confirmed');
  });

  it('whose charge failed after it was confirmed by hand can still be paid', async () => {
    world.money.undecided = true;
    const caller = testCaller();
    const { id } = (await ask(world, caller, PLACE, { input: paying() })).placeOrder;
    await ask(world, caller, MOVE, { id, status: 'confirmed' });
    world.payments = [{ status: 'failed' }];
    const asked: string[] = [];
    const execute: GraphClient['execute'] = world.graph.execute;
    world.graph.execute = (document, ...more) => {
      asked.push(document);
      return execute(document, ...more);
    };
    await settleEverything(world);
    world.graph.execute = execute;
    expect(asked.filter((document) => document.includes('CloseUnpaidOrder'))).toEqual([]);
    expect(await tasksOf(world, id)).toEqual([]);
  });

  it('that cannot be undone does not hold up the others, and comes again', async () => {
    const [first, second] = [seeded(), seeded()];
    const ids = [first, second].map(({ idempotencySeed }) => newId('order', idempotencySeed));
    world.fail = { operation: 'ChargeOrder', when: 'after' };
    for (const caller of [first, second]) await expect(ask(world, caller, PLACE, { input: paying() })).rejects.toBeDefined();
    world.fail = undefined;
    const execute: GraphClient['execute'] = world.graph.execute;
    world.graph.execute = (document, variables, asking) =>
      variables.orderId === ids[0] ? Promise.reject(new AppError('INTERNAL_ERROR')) : execute(document, variables, asking);
    await settleEverything(world);
    world.graph.execute = execute;
    expect(await Promise.all(ids.map(async (id) => (await tasksOf(world, id)).length))).toEqual([1, 0]);
    await settleEverything(world);
    expect({ left: world.stock.left, charges: world.money.charges.size }).toEqual({ left: 1_000, charges: 0 });
  });

  it('that waits for its undoing is shown, with its age, and so is that it was undone', async () => {
    const shown: unknown[] = [];
    using _ = onWork({ waiting: (state) => shown.push(state), settled: (settled) => shown.push(settled) });
    const caller = seeded();
    world.fail = { operation: 'ChargeOrder', when: 'after' };
    await expect(ask(world, caller, PLACE, { input: paying() })).rejects.toBeDefined();
    world.fail = undefined;
    laterThanLease(world);
    shown.length = 0;
    await world.orders.runTask('watch-saga');
    await settle(world);
    await world.orders.runTask('watch-saga');
    expect(shown).toEqual([
      { work: 'saga', waiting: 1, oldestSeconds: 31 },
      { work: 'saga', kind: 'undone' },
      { work: 'saga', waiting: 0, oldestSeconds: 0 },
    ]);
  });
});
