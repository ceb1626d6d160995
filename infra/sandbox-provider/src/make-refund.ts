import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Callbacks } from './callbacks.ts';
import type { Ledger, Refund } from './ledger.ts';
import { keyUsedOtherwise } from './make-charge.ts';
import { invalidRequest, ProviderError } from './provider-error.ts';
import { requestHash } from './request-hash.ts';

export type RefundOptions = { ledger: Ledger; callbacks: Pick<Callbacks, 'announce'>; now: () => number };

const input = z.strictObject({ amount: z.int().min(1), reason: z.string().max(500).nullish() });

/** Gives back a charge or a part of it, once per key. Throws ProviderError: 404, 409, and 400 for more than is left. */
export async function makeRefund({ ledger, callbacks, now }: RefundOptions, key: string, chargeId: string, body: unknown): Promise<Refund> {
  const parsed = input.safeParse(body);
  if (!parsed.success) throw invalidRequest(z.prettifyError(parsed.error));
  const hash = requestHash([chargeId, parsed.data]);
  const kept = ledger.refundOfKey(key);
  if (kept !== undefined) {
    if (kept.requestHash !== hash) throw keyUsedOtherwise();
    await ledger.flushed();
    return kept.value;
  }
  const charge = ledger.charge(chargeId);
  if (charge === undefined) throw new ProviderError(404, 'not_found', 'There is no such charge.');
  if (charge.status !== 'succeeded') throw new ProviderError(409, 'charge_not_succeeded', `The charge is ${charge.status}.`);
  if (charge.refunded >= charge.amount) throw new ProviderError(409, 'charge_already_refunded', 'The charge was given back before.');
  const { amount } = parsed.data;
  if (amount > charge.amount - charge.refunded) throw invalidRequest(`amount: At most ${charge.amount - charge.refunded} are left.`);
  const at = new Date(now()).toISOString();
  const refund: Refund = { id: `re_${randomBytes(12).toString('hex')}`, chargeId, amount, status: 'succeeded', createdAt: at };
  const changed = { ...charge, refunded: charge.refunded + amount };
  await ledger.record({ kind: 'refund', refund, charge: changed, key, requestHash: hash });
  await callbacks.announce({ id: `cb_${randomBytes(12).toString('hex')}`, type: 'charge.refunded', charge: changed, at });
  return refund;
}
