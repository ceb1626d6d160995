import { newId } from '@portico/contracts/ids';
import { onWork } from '@portico/service-kit/subgraph/work-state';
import { testCaller } from '@portico/service-kit/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openTill, type Till } from '../testing.ts';

let till: Till;
beforeAll(async () => {
  till = await openTill();
});
afterAll(() => till?.[Symbol.asyncDispose]());

describe('money for an order that stands', () => {
  it('is told to the orders before the payment is answered, and a charge of a placement is not', async () => {
    const [caller, paid, placed] = [testCaller(), newId('order'), newId('order')];
    expect(await till.pay(caller, paid, 'tok_visa')).toMatchObject({ status: 'succeeded' });
    expect(await till.charge(caller, placed, 'tok_visa')).toMatchObject({ status: 'succeeded' });
    await till.later(31_000);
    await till.payments.runTask('tell-orders');
    expect([till.timesTold(paid), till.timesTold(placed)]).toEqual([1, 0]);
  });

  it('is never more than is due, however many pay a part of it side by side', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const tries = await Promise.allSettled(Array.from({ length: 6 }, () => till.pay(caller, orderId, 'tok_visa', 10)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    const refused = tries.flatMap((one) => (one.status === 'rejected' ? [Object(one.reason).details] : []));
    expect(refused).toEqual(Array.from({ length: 4 }, () => ({ amount: 'At most 5 USD are due.' })));
    expect(await till.pay(caller, orderId, 'tok_visa')).toMatchObject({ amount: 500 });
    await expect(till.pay(caller, orderId, 'tok_visa')).rejects.toMatchObject({ code: 'INVALID_STATE' });
  });

  it('waits for a recorded payment that is pending, and is due again when that comes to nothing', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const recorded = await till.record(caller, orderId, 'pending');
    await expect(till.pay(caller, orderId, 'tok_visa')).rejects.toMatchObject({ code: 'INVALID_STATE' });
    await till.settle(caller, recorded.id, 'failed', 'The invoice was withdrawn.');
    const { id } = await till.pay(caller, orderId, 'tok_visa');
    await expect(till.settle(caller, id, 'succeeded')).rejects.toMatchObject({
      code: 'INVALID_STATE',
      details: { id: expect.stringContaining('charge') },
    });
    expect(await till.eventsOf(orderId)).toEqual(['payment.failed', 'payment.received']);
  });

  it.each([0, -1, 0.001, 25.01, Number.MAX_SAFE_INTEGER])('of %d is refused, naming the amount', async (amount) => {
    await expect(till.pay(testCaller(), newId('order'), 'tok_visa', amount)).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { amount: expect.any(String) },
    });
  });

  it('that the orders could not be told of is told until they hear it', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    till.ordersAreAway = true;
    expect(await till.pay(caller, orderId, 'tok_visa')).toMatchObject({ status: 'succeeded' });
    await till.later(31_000);
    await till.payments.runTask('tell-orders');
    till.ordersAreAway = false;
    expect(till.timesTold(orderId)).toBe(0);
    await till.later(31_000);
    await till.payments.runTask('tell-orders');
    await expect.poll(() => till.timesTold(orderId)).toBe(1);
    await till.later(31_000);
    expect(await till.payments.runTask('tell-orders')).toBe(0);
  });

  it('that the provider decides on later is told then, and a decline is not', async () => {
    const [caller, paid, declined] = [testCaller(), newId('order'), newId('order')];
    const { id } = await till.pay(caller, paid, 'tok_pending');
    const { id: failed } = await till.pay(caller, declined, 'tok_pending_declined');
    for (const one of [id, failed]) await till.decided(one);
    await till.later(31_000);
    await till.settled(caller, id, 'succeeded');
    await till.settled(caller, failed, 'failed');
    await expect.poll(() => till.timesTold(paid)).toBe(1);
    expect(till.timesTold(declined)).toBe(0);
  });
});

describe('an order that is to be given up', () => {
  it('is either paid for or closed, however many pay while it is being closed', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [caller, orderId] = [testCaller(), newId('order')];
      const paying = [1, 2].map(() => till.pay(caller, orderId, 'tok_visa', 10));
      const [isClosed, ...paid] = await Promise.allSettled([till.closeUnpaid(caller, orderId), ...paying]);
      expect(isClosed).toEqual({ status: 'fulfilled', value: paid.every(({ status }) => status === 'rejected') });
      if (paid.some(({ status }) => status === 'rejected')) {
        await expect(till.pay(caller, orderId, 'tok_visa', 10)).rejects.toMatchObject({ code: 'INVALID_STATE' });
      }
    }
  });

  it('is closed once its charge failed, and open while one is not decided, of its own tenant alone', async () => {
    const [caller, failed, pending] = [testCaller(), newId('order'), newId('order')];
    await till.charge(caller, failed, 'tok_declined');
    const { id } = await till.charge(caller, pending, 'tok_pending_declined');
    expect(await till.closeUnpaid(caller, pending)).toBe(false);
    await till.decided(id);
    await till.later(31_000);
    await till.settled(caller, id, 'failed');
    expect(await till.closeUnpaid(caller, pending)).toBe(true);
    expect(await till.closeUnpaid(testCaller(), failed)).toBe(true);
    expect(await till.pay(caller, failed, 'tok_declined').catch(({ code }: { code: string }) => code)).toBe('PAYMENT_FAILED');
    for (const _ of [1, 2]) expect(await till.closeUnpaid(caller, failed)).toBe(true);
    await expect(till.pay(caller, failed, 'tok_visa')).rejects.toMatchObject({ code: 'INVALID_STATE' });
  });
});

describe('an order that was closed because its charge failed, and confirmed by hand before it was cancelled', () => {
  afterEach(() => {
    till.orderStatus = 'pending';
  });

  it.each(['confirmed', 'processing', 'shipped', 'delivered'])('takes payments when it is %s, until it is refunded', async (status) => {
    const [caller, orderId] = [testCaller(), newId('order')];
    expect(await till.closeUnpaid(caller, orderId)).toBe(true);
    await expect(till.pay(caller, orderId, 'tok_visa', 10)).rejects.toMatchObject({ code: 'INVALID_STATE' });
    till.orderStatus = status;
    expect(await till.pay(caller, orderId, 'tok_visa', 10)).toMatchObject({ status: 'succeeded' });
    await till.refund(caller, orderId);
    await expect(till.pay(caller, orderId, 'tok_visa', 10)).rejects.toMatchObject({
      code: 'INVALID_STATE',
      details: { orderId: 'Cancelled.' },
    });
  });
});

describe('payments that are open with the provider', () => {
  it('are shown with the age of the oldest, until they are settled', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const shown: { waiting: number; oldestSeconds: number }[] = [];
    using _ = onWork({ waiting: (state) => shown.push(state) });
    const { id } = await till.charge(caller, orderId, 'tok_pending');
    till.aheadMs += 1_500;
    await till.payments.runTask('watch-payments');
    expect(shown.at(-1)).toMatchObject({ work: 'payments', waiting: 1 });
    expect(shown.at(-1)?.oldestSeconds).toBeGreaterThanOrEqual(1.5);
    await till.decided(id);
    await till.later(31_000);
    await till.settled(caller, id, 'succeeded');
    await till.payments.runTask('watch-payments');
    expect(shown.at(-1)).toEqual({ work: 'payments', waiting: 0, oldestSeconds: 0 });
  });
});
