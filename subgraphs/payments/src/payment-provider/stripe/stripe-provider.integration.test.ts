import { createHmac } from 'node:crypto';
import { silentLogger } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providerConfig } from '../../config.ts';
import { openProviders } from '../open-providers.ts';
import type { PaymentProvider } from '../payment-provider.ts';
import { describePaymentProvider, type SignedBytes } from '../payment-provider-conformance.ts';
import { type SimulatedStripe, startSimulatedStripe } from './stripe-testing.ts';
import { verifyStripeCallback } from './verify-stripe-callback.ts';

const API_KEY = 'sk_test_of_nobody';
const WEBHOOK_SECRET = 'whsec_of_nobody';

async function open(): Promise<AsyncDisposable & { provider: PaymentProvider; stripe: SimulatedStripe }> {
  const opened = new AsyncDisposableStack();
  const stripe = opened.use(await startSimulatedStripe(API_KEY));
  const given = { SANDBOX_CLIENT_SECRET: 'the-secret-of-the-client', SANDBOX_CALLBACK_SECRET: 'the-secret-of-callbacks' };
  const settings = { PAYMENT_PROVIDER: 'stripe', STRIPE_URL: stripe.url, STRIPE_API_KEY: API_KEY, STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET };
  const providers = opened.use(await openProviders(providerConfig.parse({ ...given, ...settings }), { logger: silentLogger }));
  expect(providers.of('test').name).toBe('sandbox');
  return { provider: providers.of('live'), stripe, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

describePaymentProvider('Stripe', async () => {
  const { provider, stripe, [Symbol.asyncDispose]: dispose } = await open();
  return {
    provider,
    tokens: {
      succeeds: 'pm_card_visa',
      refundFails: 'pm_card_refundFail',
      declines: 'pm_card_visa_chargeDeclined',
      noFunds: 'pm_card_chargeDeclinedInsufficientFunds',
      pending: 'pm_processing',
      cuts: 'pm_cut',
      hangs: 'pm_hang',
      flaky: 'pm_flaky',
      busy: 'pm_busy',
      nobody: 'nobody',
    },
    charges: async (key) =>
      [...stripe.intents.values()].filter(({ metadata }) => metadata.payment === key).map(({ amount, refunded }) => ({ amount, refunded })),
    async refundElsewhere(key, amount) {
      for (const intent of stripe.intents.values()) if (intent.metadata.payment === key) intent.refunded += amount;
    },
    // Somebody's bank: minutes to days later.
    async refundSentBack(key) {
      for (const intent of stripe.intents.values()) if (intent.metadata.payment === key) intent.refunded = 0;
    },
    signedCallback: (key, at) =>
      signed('payment_intent.succeeded', { object: 'payment_intent', id: 'pi_1', metadata: { payment: key } }, at),
    signedRefundFailure: ({ providerId }, at) => signed('refund.failed', refundOf(providerId, 'failed'), at),
    [Symbol.asyncDispose]: dispose,
  };
});

const AT = new Date('2026-05-01T12:00:00Z');

function signed(type: string, object: object, at: Date): SignedBytes {
  const body = JSON.stringify({ id: 'evt_1', object: 'event', type, data: { object } });
  const timestamp = String(at.getTime() / 1_000);
  const signature = createHmac('sha256', WEBHOOK_SECRET).update(`${timestamp}.${body}`).digest('hex');
  return { headers: new Map([['stripe-signature', `t=${timestamp},v1=${'0'.repeat(64)},v1=${signature}`]]), body: Buffer.from(body) };
}

/** A refund as Stripe tells of it: one that was made by hand knows nothing of our payment. */
function refundOf(intent: string | null, status: string): object {
  return { object: 'refund', id: 're_1', charge: 'ch_1', payment_intent: intent, status, metadata: {} };
}

describe('what Stripe says of a refund', () => {
  it.each([
    ['refund.failed', 'failed', 'refund_failed'],
    ['refund.updated', 'canceled', 'refund_failed'],
    ['charge.refund.updated', 'failed', 'refund_failed'],
    ['refund.updated', 'succeeded', 'other'],
    ['charge.refund.updated', 'pending', 'other'],
  ])('as %s, when it is %s, is %s', (type, status, about) => {
    const read = (intent: string | null) => {
      const { headers, body } = signed(type, refundOf(intent, status), AT);
      return verifyStripeCallback(WEBHOOK_SECRET, headers, body, AT);
    };
    expect(read('pi_7')).toEqual({ kind: 'event', id: 'evt_1', about, providerId: 'pi_7' });
    expect(read(null)).toEqual({ kind: 'event', id: 'evt_1', about });
  });
});

describe('what Stripe is sent', () => {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened?.[Symbol.asyncDispose]());

  const charge = (more: { amount?: number; currency?: string; token?: string }) =>
    opened.provider.charge(
      {
        key: `pay_${Math.random()}`,
        amount: 2_500,
        currency: 'USD',
        token: 'pm_card_visa',
        orderId: 'order_1',
        description: 'Order order_1',
        ...more,
      },
      AbortSignal.timeout(20_000),
    );

  it('is a form, for a version of the API, that names our order and payment and asks the card holder nothing', async () => {
    await charge({});
    expect(opened.stripe.seen.at(-1)).toMatchObject({
      type: 'application/x-www-form-urlencoded',
      version: '2024-06-20',
      amount: '2500',
      currency: 'usd',
      confirm: 'true',
      error_on_requires_action: 'true',
      'metadata[order]': 'order_1',
      'metadata[payment]': expect.stringMatching(/^pay_/),
    });
    expect(await charge({ token: 'pm_card_authenticationRequired' })).toMatchObject({
      kind: 'declined',
      reason: expect.stringContaining('authentication_required'),
    });
  });

  it('counts amounts as Stripe does, and charges nothing where it cannot', async () => {
    await charge({ amount: 500, currency: 'JPY' });
    expect(opened.stripe.seen.at(-1)).toMatchObject({ amount: '500', currency: 'jpy' });
    await charge({ amount: 12_340, currency: 'KWD' });
    expect(opened.stripe.seen.at(-1)).toMatchObject({ amount: '12340', currency: 'kwd' });
    const before = opened.stripe.seen.length;
    expect(await charge({ amount: 12_345, currency: 'KWD' })).toMatchObject({ kind: 'declined' });
    expect(opened.stripe.seen).toHaveLength(before);
  });
});
