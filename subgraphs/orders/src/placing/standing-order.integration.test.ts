// A try that began before another one of the same request completed the order, and goes on after it: an order that stands is the answer.
import type { Caller } from '@portico/contracts/caller';
import { AppError } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import { testCaller } from '@portico/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { ask, CANCEL, eventsOf, ONE, orderInput, PLACE, settleEverything, tasksOf, type World, withWorld } from '../testing.ts';
import { placeOrder } from './place-order.ts';

let world: World;
withWorld((opened) => {
  world = opened;
});

describe('a try of a placement that is late', () => {
  const paying = { paymentMethod: 'tok_visa' };

  /** Places an order in a try that has found no order yet, priced its own, and then waits until `meanwhile` is over. */
  async function late(more: object, meanwhile: (placeIt: () => Promise<string>, caller: Caller) => Promise<unknown>) {
    const caller = testCaller(['read', 'write'], { idempotencySeed: newId('request') });
    const input = { ...orderInput(world, 2), ...more };
    const attempt = () => ask(world, caller, PLACE, { input });
    const execute: GraphClient['execute'] = world.graph.execute;
    world.graph.execute = async <Data>(document: string, variables: Readonly<Record<string, unknown>>, asking: Caller): Promise<Data> => {
      const answer = await execute<Data>(document, variables, asking);
      if (!document.includes('PriceOrder')) return answer;
      world.graph.execute = execute;
      await meanwhile(async () => (await attempt()).placeOrder.id, caller);
      return answer;
    };
    const answered = (await attempt()).placeOrder;
    await settleEverything(world);
    const { order } = await ask(world, caller, ONE, { id: answered.id });
    return { id: newId('order', caller.idempotencySeed), answered, order };
  }

  it('answers with the order that waits for its charge', async () => {
    world.money.undecided = true;
    world.payments = [{ status: 'pending' }];
    const { id, answered, order } = await late(paying, (placeIt) => placeIt());
    expect(answered).toMatchObject({ id, status: 'pending' });
    expect(order?.status).toBe('pending');
    expect({ left: world.stock.left, tasks: await tasksOf(world, id) }).toEqual({
      left: 998,
      tasks: [{ stage: 'owing', stock: null, payment: 'await' }],
    });
  });

  it('answers with the order that was cancelled meanwhile', async () => {
    const { id, answered } = await late({}, async (placeIt, caller) => ask(world, caller, CANCEL, { id: await placeIt() }));
    expect(answered).toMatchObject({ id, status: 'cancelled' });
    expect({ left: world.stock.left, tasks: await tasksOf(world, id) }).toEqual({ left: 1_000, tasks: [] });
  });

  it('gives back no stock of an order that was paid otherwise, though its own charge is declined', async () => {
    const { id, answered, order } = await late(paying, async (placeIt) => {
      world.money.undecided = true;
      await placeIt();
      world.payments = [{ status: 'failed' }, { status: 'succeeded' }];
      await settleEverything(world);
      world.money.decline = 'card_declined';
    });
    expect(answered).toMatchObject({ id, status: 'confirmed' });
    expect(order?.status).toBe('confirmed');
    expect({ left: world.stock.left, held: world.stock.holds.has(id), tasks: await tasksOf(world, id) }).toEqual({
      left: 998,
      held: true,
      tasks: [],
    });
    expect((await eventsOf(world, id)).map(({ type }) => type)).toEqual(['order.created', 'order.updated']);
  });
});

describe('a placement whose transaction is committed and whose connection breaks before it is told', () => {
  it('answers with the order, and leaves nothing to undo', async () => {
    const caller = testCaller();
    const context = world.orders.contextFor(caller);
    const write: typeof context.write = async (work) => {
      await context.write(work);
      throw new AppError('SERVICE_UNAVAILABLE');
    };
    const input = { ...orderInput(world, 2), paymentMethod: 'tok_visa' };
    const { id } = await placeOrder({ ...context, write }, input, new Map([['id', new Map()]]));
    await settleEverything(world);
    expect((await ask(world, caller, ONE, { id })).order).toMatchObject({ id, status: 'confirmed' });
    expect({ left: world.stock.left, charges: world.money.charges.size, tasks: await tasksOf(world, String(id)) }).toEqual({
      left: 998,
      charges: 1,
      tasks: [],
    });
  });
});

describe('a try after one that was charged at another price', () => {
  it('is told that the order is undone, not that it was charged, and both are so', async () => {
    const caller = testCaller(['read', 'write'], { idempotencySeed: newId('request') });
    const input = { ...orderInput(world, 2), paymentMethod: 'tok_visa' };
    world.fail = { operation: 'ChargeOrder', when: 'after' };
    await expect(ask(world, caller, PLACE, { input })).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    world.fail = undefined;
    const execute: GraphClient['execute'] = world.graph.execute;
    world.graph.execute = (document, variables, asking) =>
      document.includes('ChargeOrder')
        ? Promise.reject(new AppError('CONFLICT', 'The order was charged with 25.00 USD before.'))
        : execute(document, variables, asking);
    const refused = ask(world, caller, PLACE, { input });
    await expect(refused).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('was undone') });
    world.graph.execute = execute;
    await settleEverything(world);
    expect({ left: world.stock.left, charges: world.money.charges.size }).toEqual({ left: 1_000, charges: 0 });
  });
});
