// Charges against the sandbox provider in a process of its own: asked often, lost on the way, answered by nobody, or killed.
import { newId } from '@portico/contracts/ids';
import { silentLogger, testCaller } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProviders } from '../payment-provider/open-providers.ts';
import { openTill, type Till } from '../testing.ts';
import { beginPayment } from './begin-payment.ts';
import { chargeOrder } from './charge-order.ts';
import { chargePayment } from './charge-payment.ts';

let till: Till;
beforeAll(async () => {
  till = await openTill();
});
afterAll(() => till?.[Symbol.asyncDispose]());

describe('charging for an order', () => {
  it('happens once however often and however parallel it is asked, with one event', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const tries = await Promise.all(Array.from({ length: 10 }, () => till.charge(caller, orderId, 'tok_visa')));
    const again = await till.charge(caller, orderId, 'tok_visa');
    expect(new Set(tries.map(({ id }) => id))).toEqual(new Set([again.id]));
    expect(again).toMatchObject({ status: 'succeeded', amount: 2_500 });
    expect(await till.sandbox.charges(again.id)).toMatchObject([{ id: again.reference, amount: 2_500 }]);
    expect(await till.eventsOf(orderId)).toEqual(['payment.received']);
    await expect(till.charge(caller, orderId, 'tok_visa', { amount: 1 })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'The order was charged with 25.00 USD before.',
    });
  });

  it('that is declined is a payment that failed, for good, with one event', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const declined = { status: 'failed', failureReason: expect.stringContaining('card_declined') };
    expect(await till.charge(caller, orderId, 'tok_declined')).toMatchObject(declined);
    expect(await till.charge(caller, orderId, 'tok_visa')).toMatchObject(declined);
    expect(await till.eventsOf(orderId)).toEqual(['payment.failed']);
  });

  it.each(['tok_unknown_outcome', 'tok_flaky', 'tok_rate_limited'])('succeeds with %s, once', async (token) => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id, status } = await till.charge(caller, orderId, token);
    expect(status).toBe('succeeded');
    expect(await till.sandbox.charges(id)).toHaveLength(1);
    expect(await till.eventsOf(orderId)).toEqual(['payment.received']);
  });

  it('with cards that fail does not stop the cards of others', async () => {
    const failing = ['tok_flaky', 'tok_timeout', 'tok_unknown_outcome'].flatMap((token) => Array.from({ length: 12 }, () => token));
    await Promise.allSettled(failing.map((token) => till.charge(testCaller(), newId('order'), token)));
    expect(await till.charge(testCaller(), newId('order'), 'tok_visa')).toMatchObject({ status: 'succeeded' });
  });

  it.each([
    [{ amount: 0 }, 'amount'],
    [{ currency: 'XXX' }, 'currency'],
  ])('refuses %j, naming %s', async (more, field) => {
    await expect(till.charge(testCaller(), newId('order'), 'tok_visa', more)).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { [field]: expect.any(String) },
    });
  });

  it('that nobody answered is pending, and failed when the provider still knows nothing half a minute later', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id, status } = await till.charge(caller, orderId, 'tok_timeout');
    expect(status).toBe('pending');
    await till.later(10_000);
    expect(await till.statusOf(caller, id)).toBe('pending');
    await till.later(31_000);
    await till.settled(caller, id, 'failed');
    expect(await till.eventsOf(orderId)).toEqual(['payment.failed']);
  });

  it('that was made just before a crash is found, written down once, and not made again', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    await using providers = await openProviders(till.sandbox.config, { logger: silentLogger });
    const id = newId('payment', orderId);
    await beginPayment(
      till.payments.contextFor(caller),
      { providers, logger: silentLogger },
      { id, orderId, currency: 'USD' },
      () => 2_500,
    );
    const request = { key: id, amount: 2_500, currency: 'USD', token: 'tok_visa', orderId, description: `Order ${orderId}` };
    await providers.of('test').charge(request, AbortSignal.timeout(20_000));
    expect(await till.statusOf(caller, id)).toBe('pending');
    await till.later(31_000);
    await till.settled(caller, id, 'succeeded');
    expect(await till.charge(caller, orderId, 'tok_visa')).toMatchObject({ id, status: 'succeeded' });
    expect(await till.sandbox.charges(id)).toHaveLength(1);
    expect(await till.eventsOf(orderId)).toEqual(['payment.received']);
  });
});

describe('two tries of one charge', () => {
  it('of which one could not ask the provider leave the payment to the one that could', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const context = till.payments.contextFor(caller);
    await using providers = await openProviders(till.sandbox.config, { logger: silentLogger });
    const asked = { id: newId('payment', orderId), orderId, currency: 'USD' };
    const charging = { providers, logger: silentLogger };
    const { payment } = await beginPayment(context, charging, asked, () => 2_500);
    // The provider turns the first away when the second has charged, and not yet written it down.
    await beginPayment(context, charging, asked, () => 2_500);
    const away = { ...providers.of('test'), charge: async () => ({ kind: 'unavailable' }) as const };
    const turnedAway = { logger: silentLogger, providers: { of: () => away, named: () => away } };
    await expect(chargePayment(context, turnedAway, payment, { token: 'tok_visa', isNew: true, tellOrders: false })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    expect(await till.charge(caller, orderId, 'tok_visa')).toMatchObject({ id: payment.id, status: 'succeeded' });
    expect(await till.sandbox.charges(payment.id)).toHaveLength(1);
  });

  it('of which none could ask the provider leave nothing behind', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const away = {
      ...(await openProviders(till.sandbox.config, { logger: silentLogger })).of('test'),
      charge: async () => ({ kind: 'unavailable' }) as const,
    };
    const charging = { logger: silentLogger, providers: { of: () => away, named: () => away } };
    const context = till.payments.contextFor(caller);
    const id = newId('payment', orderId);
    const { payment, isNew } = await beginPayment(context, charging, { id, orderId, currency: 'USD' }, () => 2_500);
    await expect(chargePayment(context, charging, payment, { token: 'tok_visa', isNew, tellOrders: false })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    expect(await till.statusOf(caller, id)).toBeUndefined();
  });
});

it.each([
  ['in a year', 365 * 86_400_000, 60],
  ['in ten seconds', 10_000, 10],
  ['a year ago', -365 * 86_400_000, 2],
])('a buyer whom a provider tells to come again %s is told to come again soon', async (_, afterMs, seconds) => {
  const [caller, orderId] = [testCaller(), newId('order')];
  await using providers = await openProviders(till.sandbox.config, { logger: silentLogger });
  const away = {
    ...providers.of('test'),
    charge: async () => ({ kind: 'unavailable', retryAt: new Date(Date.now() + afterMs) }) as const,
  };
  const charging = { logger: silentLogger, providers: { of: () => away, named: () => away } };
  const input = { orderId, amount: 2_500, currency: 'USD', paymentMethod: 'tok_visa' };
  await expect(chargeOrder(till.payments.contextFor(caller), charging, input)).rejects.toMatchObject({ retryAfterSeconds: seconds });
});
