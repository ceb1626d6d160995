import { testCaller } from '@portico/service-kit/testing';
import { describe, expect, it } from 'vitest';
import {
  ask,
  CANCEL,
  eventsOf,
  laterThanLease,
  MOVE,
  ONE,
  orderInput,
  PLACE,
  place,
  settle,
  tasksOf,
  UPDATE,
  type World,
  withWorld,
} from './testing.ts';

let world: World;
withWorld((opened) => {
  world = opened;
});

describe('the life of an order', () => {
  it('goes step by step, says each step once, and commits the stock when it is shipped', async () => {
    const caller = testCaller();
    const { id } = await place(world, caller);
    for (const status of ['confirmed', 'processing', 'shipped', 'delivered']) await ask(world, caller, MOVE, { id, status });
    expect((await ask(world, caller, ONE, { id })).order).toMatchObject({ status: 'delivered', version: 5 });
    const moves = (await eventsOf(world, id)).map(({ type, payload }) => [type, (payload as { previousStatus?: string }).previousStatus]);
    expect(moves).toEqual([
      ['order.created', undefined],
      ['order.updated', 'pending'],
      ['order.updated', 'confirmed'],
      ['order.updated', 'processing'],
      ['order.updated', 'shipped'],
    ]);
    expect(world.stock.committed.has(id)).toBe(true);
    expect(await tasksOf(world, id)).toEqual([]);
  });

  it('refuses an illegal move and lists the legal ones', async () => {
    const caller = testCaller();
    const { id } = await place(world, caller);
    await expect(ask(world, caller, MOVE, { id, status: 'shipped' })).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringContaining('confirmed or cancelled'),
      details: { status: 'pending', allowed: ['confirmed', 'cancelled'] },
    });
    await expect(ask(world, caller, MOVE, { id, status: 'confirmed', v: 7 })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    await expect(ask(world, testCaller(), MOVE, { id, status: 'confirmed' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('releases the stock of a cancelled order, at once or after a failure, and says it once', async () => {
    const caller = testCaller();
    const { id } = await place(world, caller, 4);
    world.fail = { operation: 'ReleaseStock', when: 'before' };
    expect((await ask(world, caller, CANCEL, { id, reason: 'Changed my mind' })).cancelOrder).toMatchObject({
      status: 'cancelled',
      cancelReason: 'Changed my mind',
    });
    expect((await ask(world, caller, CANCEL, { id })).cancelOrder).toMatchObject({ status: 'cancelled', cancelReason: 'Changed my mind' });
    world.fail = undefined;
    laterThanLease(world);
    expect(await settle(world)).toBe(1);
    expect(world.stock.left).toBe(1_000);
    expect((await eventsOf(world, id)).map(({ type }) => type)).toEqual(['order.created', 'order.cancelled']);
  });

  it('is not held up by a row that a second try of the placement left behind', async () => {
    const caller = testCaller();
    const { id } = await place(world, caller, 4);
    await world.orders.database.run(
      `insert into orders.saga_task (id, account_id, mode, stage, stock, request_id, locked_until) values ($1, $2, $3, 'placing', 'release', 'req', $4)`,
      [id, caller.accountId, caller.mode, world.clock],
    );
    expect((await ask(world, caller, CANCEL, { id })).cancelOrder.status).toBe('cancelled');
    expect({ left: world.stock.left, tasks: await tasksOf(world, id) }).toEqual({ left: 1_000, tasks: [] });
  });

  it('refunds only what was paid', async () => {
    const caller = testCaller();
    const { id } = await place(world, caller);
    await ask(world, caller, MOVE, { id, status: 'confirmed' });
    await expect(ask(world, caller, MOVE, { id, status: 'refunded' })).rejects.toMatchObject({ code: 'INVALID_STATE' });
    world.payments = [{ status: 'succeeded' }];
    world.money.charges.set(id, 2500);
    expect((await ask(world, caller, MOVE, { id, status: 'refunded' })).changeOrderStatus.status).toBe('refunded');
    expect({ charges: world.money.charges.size, released: world.stock.released.has(id) }).toEqual({ charges: 0, released: true });
  });

  it('gives the money of a cancelled order back, at once or after a failure, beside what it owes already', async () => {
    const caller = testCaller();
    const { id } = (await ask(world, caller, PLACE, { input: { ...orderInput(world, 4), paymentMethod: 'tok_visa' } })).placeOrder;
    world.fail = { operation: 'RefundOrder', when: 'before' };
    await ask(world, caller, CANCEL, { id });
    world.payments = [{ status: 'succeeded' }];
    await ask(world, caller, MOVE, { id, status: 'refunded' });
    expect(await tasksOf(world, id)).toEqual([{ stage: 'owing', stock: 'release', payment: 'refund' }]);
    world.fail = undefined;
    laterThanLease(world);
    expect(await settle(world)).toBe(1);
    expect({ left: world.stock.left, charges: world.money.charges.size, tasks: await tasksOf(world, id) }).toEqual({
      left: 1_000,
      charges: 0,
      tasks: [],
    });
  });

  it('keeps the address of a shipped order as it is', async () => {
    const caller = testCaller();
    const { id } = await place(world, caller);
    const shippingAddress = { street: '1 New Rd', city: 'Boston', postalCode: '02101' };
    expect((await ask(world, caller, UPDATE, { id, input: { shippingAddress } })).updateOrder).toMatchObject({
      shippingAddress: { street: '1 New Rd' },
      notes: 'Leave at the door',
    });
    for (const status of ['confirmed', 'processing', 'shipped']) await ask(world, caller, MOVE, { id, status });
    await expect(ask(world, caller, UPDATE, { id, input: { shippingAddress } })).rejects.toMatchObject({ code: 'INVALID_STATE' });
    expect((await ask(world, caller, UPDATE, { id, input: { notes: null } })).updateOrder).toMatchObject({ notes: null });
  });
});
