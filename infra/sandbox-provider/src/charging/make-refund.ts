import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { invalidBody, invalidRequest, ProviderError } from '../api/provider-error.ts';
import type { Ledger, Refund } from '../books/ledger.ts';
import { keyUsedOtherwise } from './make-charge.ts';
import { requestHash } from './request-hash.ts';

export type RefundOptions = { ledger: Ledger; now: () => number };

const input = z.strictObject({ amount: z.int().min(1).optional(), reason: z.string().max(500).nullish() });

/** Gives back a part of a charge, or all that is left of it, once per key. Throws ProviderError: 404, 409, and 400 for more than is left. */
export async function makeRefund({ ledger, now }: RefundOptions, key: string, chargeId: string, body: unknown): Promise<Refund> {
  const parsed = input.safeParse(body);
  if (!parsed.success) throw invalidBody(parsed.error);
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
  const left = charge.amount - charge.refunded;
  const { amount = left } = parsed.data;
  if (amount > left) throw invalidRequest(`amount: At most ${left} are left.`);
  const at = new Date(now()).toISOString();
  const refund: Refund = { id: `re_${randomBytes(12).toString('hex')}`, chargeId, amount, status: 'succeeded', createdAt: at };
  const { refundFails, ...rest } = charge;
  const changed = { ...rest, refunded: charge.refunded + amount, ...(refundFails && { failingRefund: { amount, at } }) };
  await ledger.record({ kind: 'refund', refund, charge: changed, key, requestHash: hash });
  return refund;
}
