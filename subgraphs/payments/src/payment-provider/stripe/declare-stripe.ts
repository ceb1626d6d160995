import { bearer } from '@portico/integration-client/auth';
import { defineProvider, op } from '@portico/integration-client/define-provider';
import { secret } from '@portico/integration-client/secrets';
import { z } from 'zod';

const paymentError = z.object({ code: z.string().nullish(), decline_code: z.string().nullish(), message: z.string().nullish() });
const intent = z.object({
  id: z.string(),
  status: z.string(),
  amount_received: z.int(),
  currency: z.string(),
  last_payment_error: paymentError.nullish(),
  latest_charge: z.union([z.object({ refunded: z.boolean() }), z.string()]).nullish(),
});
export type StripeIntent = z.output<typeof intent>;
const refusal = z.object({ error: paymentError.extend({ type: z.string(), payment_intent: z.object({ id: z.string() }).nullish() }) });
const errors = { 400: refusal, 402: refusal, 404: refusal, 409: refusal } as const;
const newIntent = z.record(z.string(), z.union([z.string(), z.number()]));
const idempotency = { header: 'Idempotency-Key', livesMs: 86_400_000, reconcile: 'searchIntents' } as const;
const expanded = z.object({ 'expand[]': z.literal('latest_charge') });
const search = z.object({ query: z.string(), 'expand[]': z.literal('data.latest_charge') });
const refund = z.object({ status: z.string() });

/** What of Stripe's PaymentIntents API we use, in its form encoding. The key is the secret `stripe/api-key`. */
export function declareStripe(url: string) {
  return defineProvider('stripe', {
    baseUrl: url,
    auth: bearer(secret('stripe/api-key')),
    headers: { 'Stripe-Version': '2024-06-20' },
    deadlineMs: 2_500,
    limits: { perMinute: 5_000, concurrency: 100 },
    operations: {
      createIntent: op.post('/v1/payment_intents', {
        body: newIntent,
        encode: 'form',
        response: intent,
        errors,
        idempotency,
      }),
      getIntent: op.get('/v1/payment_intents/{id}', {
        params: z.object({ id: z.string() }),
        query: expanded,
        response: intent,
        cache: 'none',
        deadlineMs: 1_000,
      }),
      searchIntents: op.get('/v1/payment_intents/search', {
        query: search,
        response: z.object({ data: z.array(intent) }),
        cache: 'none',
        deadlineMs: 1_000,
      }),
      createRefund: op.post('/v1/refunds', { body: newIntent, encode: 'form', response: refund, errors, idempotency }),
    },
  });
}
