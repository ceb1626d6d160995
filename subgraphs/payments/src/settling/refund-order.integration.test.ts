// Undoing what was charged, whatever became of the charge: done, undecided, lost, or made after all.
import { newId } from '@portico/contracts/ids';
import { silentLogger, testCaller } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProviders } from '../payment-provider/open-providers.ts';
import { openTill, type Till } from '../testing.ts';
import { refundOrder } from './refund-order.ts';

let till: Till;
beforeAll(async () => {
  till = await openTill();
});
afterAll(() => till?.[Symbol.asyncDispose]());

describe('undoing what was charged', () => {
  it('gives the money back once, answers the same when asked again, and lets nothing be charged after', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id } = await till.charge(caller, orderId, 'tok_visa');
    const [first, again] = [await till.refund(caller, orderId), await till.refund(caller, orderId)];
    expect(first).toMatchObject([{ id, status: 'refunded' }]);
    expect(again).toEqual(first);
    expect(await till.sandbox.charges(id)).toMatchObject([{ amount: 2_500, refunded: 2_500 }]);
    expect(await till.charge(caller, orderId, 'tok_visa')).toMatchObject({ id, status: 'refunded' });
    expect(await till.sandbox.charges(id)).toHaveLength(1);
  });

  it('before anything was charged keeps a charge from being made', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    expect(await till.voidCharge(caller, orderId)).toEqual([]);
    await expect(till.charge(caller, orderId, 'tok_visa')).rejects.toMatchObject({ code: 'INVALID_STATE' });
    expect(await till.sandbox.charges(newId('payment', orderId))).toEqual([]);
    expect(await till.eventsOf(orderId)).toEqual([]);
  });

  it('of a charge that is decided later gives it back then, and never says that it was received', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id, status } = await till.charge(caller, orderId, 'tok_pending');
    expect(status).toBe('pending');
    expect(await till.voidCharge(caller, orderId)).toMatchObject([{ id, status: 'pending' }]);
    await till.decided(id);
    await till.later(31_000);
    await till.settled(caller, id, 'refunded');
    expect(await till.sandbox.charges(id)).toMatchObject([{ amount: 2_500, refunded: 2_500 }]);
    expect(await till.eventsOf(orderId)).toEqual([]);
  });

  it('side by side with the charge leaves no charge standing, whichever comes first', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [caller, orderId] = [testCaller(), newId('order')];
      const id = newId('payment', orderId);
      await Promise.allSettled([till.charge(caller, orderId, 'tok_visa'), till.voidCharge(caller, orderId)]);
      await till.later(31_000);
      await expect.poll(async () => (await till.sandbox.charges(id)).filter(({ amount, refunded }) => refunded < amount)).toEqual([]);
      expect(['refunded', 'failed', undefined]).toContain(
        await expect
          .poll(() => till.statusOf(caller, id))
          .not.toBe('pending')
          .then(() => till.statusOf(caller, id)),
      );
    }
  });

  it('while the provider is gone is remembered, and done when it is back', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id } = await till.charge(caller, orderId, 'tok_visa');
    await till.sandbox.kill();
    expect(await till.refund(caller, orderId)).toMatchObject([{ id, status: 'succeeded' }]);
    await till.sandbox.restart();
    await till.later(60_000);
    await till.settled(caller, id, 'refunded');
    expect(await till.sandbox.charges(id)).toMatchObject([{ refunded: 2_500 }]);
  });

  it('that the provider refused is asked for anew, not under the key that it has refused', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id } = await till.charge(caller, orderId, 'tok_visa');
    await using providers = await openProviders(till.sandbox.config, { logger: silentLogger });
    const provider = providers.of('test');
    const keys: string[] = [];
    const short = {
      ...provider,
      async refund(...asked: Parameters<typeof provider.refund>) {
        keys.push(asked[0].key);
        return keys.length === 1 ? ({ kind: 'refused', reason: 'Your balance is too low.' } as const) : provider.refund(...asked);
      },
    };
    const charging = { logger: silentLogger, providers: { of: () => short, named: () => short } };
    const refund = () => refundOrder(till.payments.contextFor(caller), charging, { orderId }, new Map([['status', new Map()]]));
    expect(await refund()).toMatchObject([{ status: 'succeeded' }]);
    expect(await refund()).toMatchObject([{ status: 'refunded' }]);
    expect(new Set(keys).size).toBe(2);
    expect(await till.sandbox.charges(id)).toMatchObject([{ amount: 2_500, refunded: 2_500 }]);
  });

  it('touches no order of another tenant', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id } = await till.charge(caller, orderId, 'tok_visa');
    expect(await till.voidCharge(testCaller(), orderId)).toEqual([]);
    expect(await till.voidCharge({ ...caller, mode: 'live' }, orderId)).toEqual([]);
    expect(await till.statusOf(caller, id)).toBe('succeeded');
  });

  it('of a charge that turns up after it was given up gives it back', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id } = await till.charge(caller, orderId, 'tok_timeout');
    await till.later(31_000);
    await till.settled(caller, id, 'failed');
    await using providers = await openProviders(till.sandbox.config, { logger: silentLogger });
    const request = { key: id, amount: 2_500, currency: 'USD', token: 'tok_visa', orderId, description: `Order ${orderId}` };
    await providers.of('test').charge(request, AbortSignal.timeout(20_000));
    expect(await till.receive(till.signed('charge.succeeded', id))).toBe(true);
    await till.settled(caller, id, 'refunded');
    expect(await till.sandbox.charges(id)).toMatchObject([{ refunded: 2_500 }]);
    expect(await till.eventsOf(orderId)).toEqual(['payment.failed']);
  });
});
