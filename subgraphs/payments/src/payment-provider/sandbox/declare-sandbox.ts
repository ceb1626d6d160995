import { oauth2 } from '@portico/integration-client/auth';
import { defineProvider, op } from '@portico/integration-client/define-provider';
import { secret } from '@portico/integration-client/secrets';
import { z } from 'zod';

const status = z.enum(['succeeded', 'failed', 'pending']);
const charge = z.object({
  id: z.string(),
  status,
  amount: z.int(),
  currency: z.string(),
  refunded: z.int(),
  failureCode: z.string().nullable(),
  failureMessage: z.string().nullable(),
});
export type SandboxCharge = z.output<typeof charge>;
const refusal = z.object({ error: z.object({ code: z.string(), message: z.string(), chargeId: z.string().optional() }) });
const newCharge = z.object({
  amount: z.int(),
  currency: z.string(),
  token: z.string(),
  description: z.string(),
  metadata: z.record(z.string(), z.string()),
});
const idempotency = { header: 'Idempotency-Key', livesMs: 86_400_000, reconcile: 'findCharge' } as const;
const errors = { 400: refusal, 402: refusal, 404: refusal, 409: refusal } as const;

/** The sandbox provider's API. Its credentials are the secret `sandbox/client`. */
export function declareSandbox(url: string) {
  return defineProvider('sandbox', {
    baseUrl: url,
    auth: oauth2.clientCredentials({ tokenUrl: `${url}/oauth/token`, client: secret('sandbox/client') }),
    deadlineMs: 2_500,
    limits: { perMinute: 12_000, concurrency: 100 },
    // Test cards fail because their caller wants them to, and must not stop those of others. Of no card do more than two in three attempts
    // fail, with the look-up after a lost answer; but a hundred that begin together may each fail twice before the first one succeeds.
    breaker: { failureRatio: 0.8, minimumCalls: 300 },
    operations: {
      charge: op.post('/v1/charges', { body: newCharge, response: charge, errors, idempotency }),
      findCharge: op.get('/v1/charges', {
        query: z.object({ idempotencyKey: z.string() }),
        response: z.object({ data: z.array(charge) }),
        cache: 'none',
        deadlineMs: 1_000,
      }),
      refund: op.post('/v1/charges/{id}/refunds', {
        params: z.object({ id: z.string() }),
        // Without an amount it is all that is left.
        body: z.object({}),
        response: z.object({ id: z.string(), status: z.literal('succeeded') }),
        errors,
        idempotency,
      }),
    },
  });
}
