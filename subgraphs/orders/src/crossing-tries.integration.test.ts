// Two tries of one request that cross: a gateway that asked again, a client that did not wait.
import type { Caller } from '@portico/contracts/caller';
import { newId } from '@portico/contracts/ids';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import { testCaller } from '@portico/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { ask, ONE, type Order, orderInput, PLACE, settleEverything, tasksOf, type World, withWorld } from './testing.ts';

let world: World;
withWorld((opened) => {
  world = opened;
});

describe('two tries of one placement', () => {
  /** Runs `between` once, after the first call of the operation did its work and before its answer is used. */
  async function interrupted(operation: string, between: () => Promise<unknown>, attempt: () => Promise<unknown>): Promise<unknown> {
    const execute: GraphClient['execute'] = world.graph.execute;
    let waits = true;
    world.graph.execute = async <Data>(document: string, variables: Readonly<Record<string, unknown>>, asking: Caller): Promise<Data> => {
      const outcome = await execute<Data>(document, variables, asking).then(
        (answer) => () => answer,
        (error: unknown) => () => {
          throw error;
        },
      );
      if (waits && document.includes(operation)) {
        waits = false;
        await between();
      }
      return outcome();
    };
    try {
      return await attempt();
    } finally {
      world.graph.execute = execute;
    }
  }
  const seeded = (): Caller => testCaller(['read', 'write'], { idempotencySeed: newId('request') });

  it('of which the first wakes after it was undone and the second has begun: no order stands on what was given back', async () => {
    const caller = seeded();
    const id = newId('order', caller.idempotencySeed);
    const input = { ...orderInput(world, 5), paymentMethod: 'tok_visa' };
    const attempt = () => ask(world, caller, PLACE, { input });
    const undoneAndBegunAgain = async (): Promise<void> => {
      await settleEverything(world);
      // The second is at the same point when the first goes on.
      world.fail = { operation: 'ReserveStock', when: 'before' };
      await expect(attempt()).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
      world.fail = undefined;
    };
    await expect(interrupted('ChargeOrder', undoneAndBegunAgain, attempt)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect((await ask(world, caller, ONE, { id })).order).toBeNull();
    await settleEverything(world);
    expect({ left: world.stock.left, charges: world.money.charges.size, tasks: await tasksOf(world, id) }).toEqual({
      left: 1_000,
      charges: 0,
      tasks: [],
    });
  });

  it('of which the first completed the order while the second was at it: both answer with it', async () => {
    const caller = seeded();
    const input = { ...orderInput(world, 5), paymentMethod: 'tok_visa' };
    const attempt = () => ask(world, caller, PLACE, { input });
    const ids: unknown[] = [];
    const answer = await interrupted('ChargeOrder', async () => ids.push((await attempt()).placeOrder.id), attempt);
    expect((answer as { placeOrder: Order }).placeOrder.id).toBe(ids[0]);
    expect({ left: world.stock.left, charges: world.money.charges.size }).toEqual({ left: 995, charges: 1 });
  });

  it('of which the first is told late that the stock was short takes no row from the second, which got it', async () => {
    const caller = seeded();
    const id = newId('order', caller.idempotencySeed);
    const input = orderInput(world, 5);
    const attempt = () => ask(world, caller, PLACE, { input });
    world.stock.left = 1;
    const second = async (): Promise<void> => {
      world.stock.left = 1_000;
      world.fail = { operation: 'ReserveStock', when: 'after' };
      await expect(attempt()).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
      world.fail = undefined;
    };
    await expect(interrupted('ReserveStock', second, attempt)).rejects.toMatchObject({ code: 'INSUFFICIENT_INVENTORY' });
    expect(await tasksOf(world, id)).toEqual([{ stage: 'placing', stock: 'release', payment: null }]);
    await settleEverything(world);
    expect(world.stock.left).toBe(1_000);
  });
});
