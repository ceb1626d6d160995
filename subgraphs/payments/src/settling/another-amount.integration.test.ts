// A provider that says of a charge that it took something else than it was asked for.
import { newId } from '@portico/contracts/ids';
import { onWork } from '@portico/service-kit/subgraph/work-state';
import { silentLogger, testCaller } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginPayment } from '../charges/begin-payment.ts';
import { chargePayment } from '../charges/charge-payment.ts';
import type { Charging } from '../charges/charging.ts';
import { openProviders } from '../payment-provider/open-providers.ts';
import type { FoundCharge, PaymentProviders } from '../payment-provider/payment-provider.ts';
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

type Told = { amount: number; currency: string };

/** The sandbox provider, that tells something else of what it charged. */
function tellingOf(told: Told): Charging & { errors: unknown[] } {
  const errors: unknown[] = [];
  const logger = Object.assign(Object.create(silentLogger), { error: (fields: unknown) => errors.push(fields) });
  const sandbox = providers.of('test');
  const changed = <Outcome extends FoundCharge | { kind: 'unavailable' }>(outcome: Outcome): Outcome =>
    outcome.kind === 'succeeded' ? { ...outcome, ...told } : outcome;
  const provider: typeof sandbox = {
    ...sandbox,
    charge: async (...asked) => changed(await sandbox.charge(...asked)),
    find: async (...asked) => changed(await sandbox.find(...asked)),
  };
  return { logger, errors, providers: { of: () => provider, named: () => provider } };
}

async function begin(charging: Charging) {
  const [caller, orderId] = [testCaller(), newId('order')];
  const context = till.payments.contextFor(caller);
  const id = newId('payment', orderId);
  const { payment, isNew } = await beginPayment(context, charging, { id, orderId, currency: 'USD' }, () => 2_500);
  return { caller, orderId, context, id, payment, isNew };
}

const SOMETHING_ELSE: Told[] = [
  { amount: 100, currency: 'EUR' },
  { amount: 2_499, currency: 'USD' },
  { amount: 2_500, currency: 'JPY' },
];

describe.each(SOMETHING_ELSE)('money that is $amount $currency instead of 2500 USD', (told) => {
  it('is given back and never counts as received, by the answer to the charge', async () => {
    const charging = tellingOf(told);
    const settled: unknown[] = [];
    using _ = onWork({ settled: ({ kind }) => settled.push(kind) });
    const { caller, orderId, context, id, payment, isNew } = await begin(charging);
    const answered = await chargePayment(context, charging, payment, { token: 'tok_visa', isNew, tellOrders: true });
    expect(answered).toMatchObject({ status: 'failed', failureReason: expect.stringContaining('given back') });
    expect(charging.errors).toEqual([
      { orderId, operation: `charge ${id}`, reason: expect.stringContaining(`${told.amount} ${told.currency}`) },
    ]);
    expect(settled).toContain('mismatched');
    await till.later(1_000);
    await till.settled(caller, id, 'refunded');
    expect(await till.sandbox.charges(id)).toMatchObject([{ amount: 2_500, refunded: 2_500 }]);
    expect(await till.eventsOf(orderId)).toEqual(['payment.failed']);
    expect(till.timesTold(orderId)).toBe(0);
  });

  it('is given back and never counts as received, by what the task finds', async () => {
    const charging = tellingOf(told);
    const { caller, orderId, context, id, payment } = await begin(charging);
    const request = { key: id, amount: 2_500, currency: 'USD', token: 'tok_visa', orderId, description: `Order ${orderId}` };
    await providers.of('test').charge(request, AbortSignal.timeout(5_000));
    const open = {
      id,
      tries: 0,
      status: 'pending' as const,
      provider: 'sandbox',
      reference: null,
      askedAt: payment.createdAt,
      leasedUntil: context.now(),
    };
    expect(await settlePayment(context, charging, open)).toBe('refunded');
    expect(charging.errors).toHaveLength(1);
    expect(await till.statusOf(caller, id)).toBe('refunded');
    expect(await till.sandbox.charges(id)).toMatchObject([{ refunded: 2_500 }]);
    expect(await till.eventsOf(orderId)).toEqual(['payment.failed']);
    expect(till.timesTold(orderId)).toBe(0);
  });
});
