import { z } from 'zod';
import { parseJson, signatureProblem } from '../callback-signature.ts';
import type { CallbackHeaders, CallbackReading } from '../payment-provider.ts';

const event = z.object({
  id: z.string(),
  type: z.string(),
  data: z.object({ object: z.object({ metadata: z.record(z.string(), z.string()).nullish() }) }),
});

const ABOUT: ReadonlyMap<string, 'succeeded' | 'failed' | 'refunded'> = new Map([
  ['payment_intent.succeeded', 'succeeded'],
  ['payment_intent.payment_failed', 'failed'],
  ['payment_intent.canceled', 'failed'],
  ['charge.refunded', 'refunded'],
] as const);

/** Reads an event that Stripe sent: `Stripe-Signature: t=<unix seconds>,v1=<hex>`, over `t.body`, keyed with the endpoint's secret as it is shown. */
export function verifyStripeCallback(secret: string, headers: CallbackHeaders, body: Buffer, now: Date): CallbackReading {
  const parts = (headers.get('stripe-signature') ?? '').split(',').map((part) => part.trim().split('=', 2) as [string, string?]);
  const valuesOf = (name: string): string[] => parts.flatMap(([key, value]) => (key === name && value !== undefined ? [value] : []));
  const [timestamp = ''] = valuesOf('t');
  const signed = Buffer.concat([Buffer.from(`${timestamp}.`), body]);
  const problem = signatureProblem({ secret, signed, encoding: 'hex', signatures: valuesOf('v1'), timestamp, now });
  if (problem !== undefined) return { kind: 'refused', problem };
  const parsed = event.safeParse(parseJson(body));
  if (!parsed.success) return { kind: 'refused', problem: 'The body is no event.' };
  const { id, type, data } = parsed.data;
  return { kind: 'event', id, about: ABOUT.get(type) ?? 'other', key: data.object.metadata?.payment };
}
