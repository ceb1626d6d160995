import { parseJson } from '@portico/service-kit/parse-json';
import { z } from 'zod';
import { signatureProblem } from '../callback-signature.ts';
import type { CallbackHeaders, CallbackReading } from '../payment-provider.ts';

const event = z.object({
  id: z.string(),
  type: z.string(),
  data: z.object({
    object: z.object({
      metadata: z.record(z.string(), z.string()).nullish(),
      payment_intent: z.string().nullish(),
      status: z.string().nullish(),
    }),
  }),
});
type StripeEvent = z.output<typeof event>;

const ABOUT: ReadonlyMap<string, 'succeeded' | 'failed' | 'refunded'> = new Map([
  ['payment_intent.succeeded', 'succeeded'],
  ['payment_intent.payment_failed', 'failed'],
  ['payment_intent.canceled', 'failed'],
  ['charge.refunded', 'refunded'],
] as const);

/** Which of them come, and how often, depends on the endpoint's version of the API; each carries the refund as it is. */
const REFUND_CHANGED: ReadonlySet<string> = new Set(['refund.failed', 'refund.updated', 'charge.refund.updated']);
const CAME_BACK: ReadonlySet<string> = new Set(['failed', 'canceled']);

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
  return { kind: 'event', id: parsed.data.id, ...subjectOf(parsed.data) };
}

function subjectOf({
  type,
  data: { object },
}: StripeEvent): Pick<Extract<CallbackReading, { kind: 'event' }>, 'about' | 'key' | 'providerId'> {
  if (!REFUND_CHANGED.has(type)) return { about: ABOUT.get(type) ?? 'other', key: object.metadata?.payment };
  return { about: CAME_BACK.has(object.status ?? '') ? 'refund_failed' : 'other', providerId: object.payment_intent ?? undefined };
}
