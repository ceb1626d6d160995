import { parseJson } from '@portico/service-kit/parse-json';
import { z } from 'zod';
import { signatureProblem } from '../callback-signature.ts';
import type { CallbackHeaders, CallbackReading } from '../payment-provider.ts';

const event = z.object({ id: z.string(), type: z.string(), data: z.object({ idempotencyKey: z.string() }) });

const ABOUT: ReadonlyMap<string, 'succeeded' | 'failed' | 'refund_failed'> = new Map([
  ['charge.succeeded', 'succeeded'],
  ['charge.failed', 'failed'],
  ['refund.failed', 'refund_failed'],
] as const);

/** Reads a callback with Standard Webhooks headers, whose secret is used as it is. */
export function verifySandboxCallback(secret: string, headers: CallbackHeaders, body: Buffer, now: Date): CallbackReading {
  const [id, timestamp] = [headers.get('webhook-id') ?? '', headers.get('webhook-timestamp') ?? ''];
  const signatures = (headers.get('webhook-signature') ?? '').split(' ').flatMap((part) => (part.startsWith('v1,') ? [part.slice(3)] : []));
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const problem = signatureProblem({ secret, signed, encoding: 'base64', signatures, timestamp, now });
  if (problem !== undefined) return { kind: 'refused', problem };
  const parsed = event.safeParse(parseJson(body));
  if (!parsed.success) return { kind: 'event', id, about: 'other' };
  const { type, data } = parsed.data;
  return { kind: 'event', id, about: ABOUT.get(type) ?? 'other', key: data.idempotencyKey };
}
