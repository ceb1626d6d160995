// What the provider said some time ago, written down after something else has happened.
import { newId } from '@portico/contracts/ids';
import { silentLogger, testCaller } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginPayment } from '../charges/begin-payment.ts';
import { chargePayment } from '../charges/charge-payment.ts';
import type { Charging } from '../charges/charging.ts';
import { Payment } from '../payment.entity.ts';
import { openProviders } from '../payment-provider/open-providers.ts';
import type { PaymentProvider, PaymentProviders } from '../payment-provider/payment-provider.ts';
import { openTill, type Till } from '../testing.ts';
import { settlePayment } from './settle-payment.ts';

let till: Till;
let providers: PaymentProviders & AsyncDisposable;
beforeAll(async () => {
  till = await openTill();
  providers = await openProviders(till.sandbox.config, { logger: silentLogger });
});
afterAll(async () => {
  await providers?.[Symbol.asyncDispose]();
  await till?.[Symbol.asyncDispose]();
});

function chargingAt(changed: Partial<PaymentProvider>): Charging {
  const provider = { ...providers.of('test'), ...changed };
  return { logger: silentLogger, providers: { of: () => provider, named: () => provider } };
}

describe('an answer of the provider that comes late', () => {
  it('that there is no charge does not give up a payment that another try has begun to charge for since', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const context = till.payments.contextFor(caller);
    const asked = { id: newId('payment', orderId), orderId, currency: 'USD' };
    const { payment } = await beginPayment(context, chargingAt({}), asked, () => 2_500);
    const askedAt = new Date(payment.createdAt.getTime() - 31_000);
    await context.run('update payments.payment set asked_at = $1 where account_id = $2 and mode = $3 and id = $4', [
      askedAt,
      caller.accountId,
      caller.mode,
      asked.id,
    ]);
    // The other try dies right after the provider has charged, so that nobody but the task can find the charge.
    const charging = chargingAt({
      async find(...given) {
        const found = await providers.of('test').find(...given);
        await beginPayment(context, chargingAt({}), asked, () => 2_500);
        const request = { key: asked.id, amount: 2_500, currency: 'USD', token: 'tok_visa', orderId, description: `Order ${orderId}` };
        await providers.of('test').charge(request, AbortSignal.timeout(5_000));
        return found;
      },
    });
    const open = {
      id: asked.id,
      tries: 0,
      status: 'pending' as const,
      provider: 'sandbox',
      reference: null,
      askedAt,
      leasedUntil: context.now(),
    };
    expect(await settlePayment(context, charging, open)).toBe('put_off');
    expect(await till.statusOf(caller, asked.id)).toBe('pending');
    await till.later(31_000);
    await till.settled(caller, asked.id, 'succeeded');
    expect(await till.eventsOf(orderId)).toEqual(['payment.received']);
  });

  it('that a charge is not decided does not make a refund forgotten that has become due since', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const context = till.payments.contextFor(caller);
    const id = newId('payment', orderId);
    const { payment, isNew } = await beginPayment(context, chargingAt({}), { id, orderId, currency: 'USD' }, () => 2_500);
    const charging = chargingAt({
      async charge(...given) {
        const outcome = await providers.of('test').charge(...given);
        await till.decided(id);
        await till.receive(till.signed('charge.succeeded', id));
        await till.settled(caller, id, 'succeeded');
        await till.sandbox.kill();
        expect(await till.refund(caller, orderId)).toMatchObject([{ id, status: 'succeeded' }]);
        return outcome;
      },
    });
    await chargePayment(context, charging, payment, { token: 'tok_pending', isNew, tellOrders: true });
    await till.sandbox.restart();
    await till.later(60_000);
    await till.settled(caller, id, 'refunded');
    expect(await till.sandbox.charges(id)).toMatchObject([{ amount: 2_500, refunded: 2_500 }]);
  });
});

describe('a charge that comes about after its payment was given up, of which no callback tells', () => {
  it('is given back by the task', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const context = till.payments.contextFor(caller);
    const id = newId('payment', orderId);
    await beginPayment(context, chargingAt({}), { id, orderId, currency: 'USD' }, () => 2_500);
    await till.later(31_000);
    await till.settled(caller, id, 'failed');
    // Whoever had begun the payment was held up until now, and dies before the answer is written down.
    const request = { key: id, amount: 2_500, currency: 'USD', token: 'tok_visa', orderId, description: `Order ${orderId}` };
    await providers.of('test').charge(request, AbortSignal.timeout(5_000));
    await till.later(31_000);
    await till.settled(caller, id, 'refunded');
    expect(await till.sandbox.charges(id)).toMatchObject([{ amount: 2_500, refunded: 2_500 }]);
    expect(await till.eventsOf(orderId)).toEqual(['payment.failed']);
  });
});

describe('a refund that is owed', () => {
  it('stays owed while the provider says that there is no such charge', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const context = till.payments.contextFor(caller);
    const { id, reference } = await till.charge(caller, orderId, 'tok_visa');
    const { askedAt } = await context.write((em) => em.findOneOrFail(Payment, { id }));
    await till.sandbox.kill();
    expect(await till.refund(caller, orderId)).toMatchObject([{ id, status: 'succeeded' }]);
    till.aheadMs += 31_000;
    const charging = chargingAt({
      find: async () => ({ kind: 'absent' }),
      refund: async () => ({ kind: 'refused', reason: 'No such charge.' }),
    });
    const open = {
      id,
      tries: 0,
      status: 'pending' as const,
      provider: 'sandbox',
      reference,
      askedAt: askedAt ?? new Date(0),
      leasedUntil: context.now(),
    };
    expect(await settlePayment(context, charging, open)).toBe('put_off');
    await till.sandbox.restart();
    await till.later(3_600_000);
    await till.settled(caller, id, 'refunded');
    expect(await till.sandbox.charges(id)).toMatchObject([{ refunded: 2_500 }]);
  });
});
