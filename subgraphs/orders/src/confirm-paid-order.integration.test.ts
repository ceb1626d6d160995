import type { Caller } from '@portico/contracts/caller';
import { testCaller } from '@portico/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { ask, CANCEL, eventsOf, MOVE, ONE, orderInput, PLACE, type World, withWorld } from './testing.ts';

const TELL = 'mutation ($id: ID!) { confirmPaidOrder(orderId: $id) }';

let world: World;
withWorld((opened) => {
  world = opened;
});

/** Costs 25 dollars. */
const place = async (caller: Caller): Promise<string> => (await ask(world, caller, PLACE, { input: orderInput(world) })).placeOrder.id;
const tell = async (caller: Caller, id: string): Promise<unknown> => (await ask(world, caller, TELL, { id })).confirmPaidOrder;
const statusOf = async (caller: Caller, id: string) => (await ask(world, caller, ONE, { id })).order?.status;

describe('a pending order of which money came', () => {
  it('is confirmed once its payments cover it, with one event however often and however parallel that is told', async () => {
    const caller = testCaller();
    const id = await place(caller);
    world.payments = [{ status: 'succeeded', amount: 1000 }];
    expect(await tell(caller, id)).toBe(false);
    expect(await statusOf(caller, id)).toBe('pending');
    world.payments.push({ status: 'succeeded', amount: 1500, provider: null });
    const told = await Promise.all([tell(caller, id), tell(caller, id), tell(caller, id)]);
    expect(told.filter((confirmed) => confirmed === true)).toHaveLength(1);
    expect(await tell(caller, id)).toBe(false);
    expect(await statusOf(caller, id)).toBe('confirmed');
    expect((await eventsOf(world, id)).map(({ type }) => type)).toEqual(['order.created', 'order.updated']);
  });

  it.each([
    ['is not decided', { status: 'pending' }],
    ['failed', { status: 'failed' }],
    ['was given back', { status: 'refunded' }],
    ['is in another currency', { status: 'succeeded', currency: 'EUR' }],
    ['is a cent too little', { status: 'succeeded', amount: 2499 }],
  ])('stays pending when the payment %s', async (_, payment) => {
    const caller = testCaller();
    const id = await place(caller);
    world.payments = [payment];
    expect(await tell(caller, id)).toBe(false);
    expect(await statusOf(caller, id)).toBe('pending');
  });

  it('is left alone by whoever may not see it', async () => {
    const caller = testCaller();
    const id = await place(caller);
    world.payments = [{ status: 'succeeded' }];
    expect(await tell(testCaller(), id)).toBe(false);
    await expect(ask(world, testCaller(['payments:write']), TELL, { id })).rejects.toMatchObject({ code: 'AUTHORIZATION_ERROR' });
    await expect(tell(caller, 'order_nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await statusOf(caller, id)).toBe('pending');
  });

  it('is not brought back when it was cancelled, nor moved back when it has gone on', async () => {
    const caller = testCaller();
    const [cancelled, processing] = [await place(caller), await place(caller)];
    await ask(world, caller, CANCEL, { id: cancelled });
    for (const status of ['confirmed', 'processing']) await ask(world, caller, MOVE, { id: processing, status });
    world.payments = [{ status: 'succeeded' }];
    expect([await tell(caller, cancelled), await tell(caller, processing)]).toEqual([false, false]);
    expect([await statusOf(caller, cancelled), await statusOf(caller, processing)]).toEqual(['cancelled', 'processing']);
  });
});
