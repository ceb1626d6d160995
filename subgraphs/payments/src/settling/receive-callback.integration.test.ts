import { newId } from '@portico/contracts/ids';
import { silentLogger, testCaller } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginPayment } from '../charges/begin-payment.ts';
import { chargePayment } from '../charges/charge-payment.ts';
import { openProviders } from '../payment-provider/open-providers.ts';
import { openTill, type Till } from '../testing.ts';

let till: Till;
beforeAll(async () => {
  till = await openTill();
});
afterAll(() => till?.[Symbol.asyncDispose]());

describe('callbacks', () => {
  it('settle a payment that waits, once, and know each other again', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id } = await till.charge(caller, orderId, 'tok_pending');
    await till.decided(id);
    const callback = till.signed('charge.succeeded', id);
    const taken = await Promise.all([1, 2, 3].map(() => till.receive(callback)));
    expect(taken.filter((isNew) => isNew)).toHaveLength(1);
    expect(await till.receive(callback)).toBe(false);
    await till.settled(caller, id, 'succeeded');
    expect(await till.eventsOf(orderId)).toEqual(['payment.received']);
  });

  it('are believed only that something happened: what happened is asked of the provider', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id } = await till.charge(caller, orderId, 'tok_pending');
    await till.decided(id);
    await till.receive(till.signed('charge.failed', id));
    await till.settled(caller, id, 'succeeded');
  });

  it('that come before the answer of their charge is written down settle it, and the answer changes nothing', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    await using providers = await openProviders(till.sandbox.config, { logger: silentLogger });
    const charging = { providers, logger: silentLogger };
    const context = till.payments.contextFor(caller);
    const id = newId('payment', orderId);
    const { payment, isNew } = await beginPayment(context, charging, { id, orderId, currency: 'USD' }, () => 2_500);
    const provider = providers.of('test');
    const waiting = {
      ...provider,
      async charge(...asked: Parameters<typeof provider.charge>) {
        const outcome = await provider.charge(...asked);
        await till.receive(till.signed('charge.succeeded', id));
        await till.settled(caller, id, 'succeeded');
        return outcome;
      },
    };
    const late = { logger: silentLogger, providers: { of: () => waiting, named: () => waiting } };
    expect(await chargePayment(context, late, payment, { token: 'tok_visa', isNew, tellOrders: true })).toMatchObject({
      status: 'succeeded',
    });
    expect(await till.eventsOf(orderId)).toEqual(['payment.received']);
    expect(till.timesTold(orderId)).toBe(1);
    expect(await till.sandbox.charges(id)).toHaveLength(1);
  });

  it('in any order and from long ago leave a payment as the provider has it', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id } = await till.charge(caller, orderId, 'tok_visa');
    expect(await till.refund(caller, orderId)).toMatchObject([{ status: 'refunded' }]);
    for (const type of ['charge.failed', 'charge.succeeded', 'charge.unheard_of']) await till.receive(till.signed(type, id));
    await till.later(31_000);
    expect(await till.statusOf(caller, id)).toBe('refunded');
    expect(await till.eventsOf(orderId)).toEqual(['payment.received']);
  });

  it('are refused five minutes after they were signed', async () => {
    const callback = till.signed('charge.succeeded', 'pay_x');
    till.aheadMs += 301_000;
    await expect(till.receive(callback)).rejects.toMatchObject({ code: 'AUTHENTICATION_ERROR' });
  });

  it('are refused when somebody else signed them, or for a provider that is not there', async () => {
    await expect(till.receive(till.signed('charge.succeeded', 'pay_x', 'another secret'))).rejects.toMatchObject({
      code: 'AUTHENTICATION_ERROR',
    });
    await expect(till.receive({ ...till.signed('charge.succeeded', 'pay_x'), provider: 'stripe' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
