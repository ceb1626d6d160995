import { testCaller } from '@portico/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { ask, MOVE, ONE, orderInput, PLACE, settleEverything, tasksOf, type World, withWorld } from '../testing.ts';

let world: World;
withWorld((opened) => {
  world = opened;
});

describe('an order that is shipped by hand while its charge is not decided', () => {
  it.each(['succeeded', 'failed', 'pending'])('commits its stock once, whether the charge is %s then', async (decided) => {
    world.money.undecided = true;
    world.payments = [{ status: 'pending' }];
    const caller = testCaller();
    const input = { ...orderInput(world, 2), paymentMethod: 'tok_pending' };
    const { id } = (await ask(world, caller, PLACE, { input })).placeOrder;
    for (const status of ['confirmed', 'processing', 'shipped']) await ask(world, caller, MOVE, { id, status });
    world.payments = [{ status: decided }];
    await settleEverything(world);
    expect({ committed: world.stock.committed.has(id), holds: world.stock.holds.has(id), tasks: await tasksOf(world, id) }).toEqual({
      committed: true,
      holds: false,
      tasks: [],
    });
    expect((await ask(world, caller, ONE, { id })).order?.status).toBe('shipped');
  });
});
