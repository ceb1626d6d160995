// Brings one open payment to its end: learns from the provider what became of the charge, and gives back what must not stand.
// It can be done again at any time, by anybody, several at once: the provider's keys and the payment's row lock make it come out the same.
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { applyOutcome } from '../charges/apply-outcome.ts';
import { type Charging, FIND_TIMEOUT_MS } from '../charges/charging.ts';
import type { Payment } from '../payment.entity.ts';
import type { PaymentProvider } from '../payment-provider/payment-provider.ts';
import { tellOrdersNow } from '../tell-orders.ts';

/** `leasedUntil`: the due time that was written when the payment was taken; the rest is as it was then. */
export type OpenPayment = Pick<Payment, 'id' | 'tries' | 'status'> & {
  readonly provider: string;
  readonly reference: string | null;
  readonly askedAt: Date;
  readonly leasedUntil: Date;
};

const REFUND_TIMEOUT_MS = 3_000;
const RETRY_BASE_MS = 2_000;
const RETRY_CAP_MS = 3_600_000;

/** How it came out; `put_off`: it is still open, and due later. So it may be after `refund_failed`. */
export type Settlement = 'succeeded' | 'failed' | 'refunded' | 'refund_failed' | 'put_off';

export async function settlePayment(context: SubgraphContext, charging: Charging, open: OpenPayment): Promise<Settlement> {
  const provider = charging.providers.named(open.provider);
  if (provider === undefined) {
    charging.logger.error({ operation: `settle ${open.id}`, reason: open.provider }, 'the provider of a payment is not configured');
    return putOff(context, open);
  }
  const found = await provider.find({ key: open.id, providerId: open.reference }, AbortSignal.timeout(FIND_TIMEOUT_MS));
  const tooEarly = found.kind === 'absent' && context.now().getTime() - open.askedAt.getTime() < provider.absentAfterMs;
  if (found.kind === 'unknown' || found.kind === 'pending' || tooEarly) return putOff(context, open);
  const wasRefunded = open.status === 'refunded';
  const consequences = { dueAt: open.leasedUntil, tellOrders: true, askedAt: open.askedAt, wasRefunded };
  const { payment, owes } = await applyOutcome(context, charging, open.id, found, consequences);
  await tellOrdersNow(context, payment);
  if (wasRefunded && payment.status !== 'refunded') return refundFailed(context, charging, open);
  if (owes === 'refund') return giveBack(context, charging, provider, { ...open, reference: payment.reference ?? null });
  return owes === 'outcome' || payment.status === 'pending' ? 'put_off' : payment.status;
}

/**
 * What was given back came back: the card is gone, or its account. A refund that is owed is asked for again, but not at once: a card that
 * sends it back each time would be asked without a pause.
 */
async function refundFailed(context: SubgraphContext, { logger }: Charging, open: OpenPayment): Promise<'refund_failed'> {
  logger.error({ operation: `refund ${open.id}`, reason: 'It was sent back.' }, 'a refund failed after it had been made');
  await putOff(context, open);
  return 'refund_failed';
}

async function giveBack(context: SubgraphContext, charging: Charging, provider: PaymentProvider, open: OpenPayment): Promise<Settlement> {
  const { id, tries, reference: providerId } = open;
  if (providerId === null) throw new Error(`The charge of ${id} was found without an id.`);
  // A key of its own for each try: a provider that refused would answer the same one alike for a day. What is given back is what is left, so
  // that two tries never give back more than was charged.
  const refund = await provider.refund({ key: `${id}.refund.${tries}`, providerId }, AbortSignal.timeout(REFUND_TIMEOUT_MS));
  if (refund.kind === 'refunded') {
    await applyOutcome(context, charging, id, { kind: 'refunded', providerId }, { dueAt: open.leasedUntil, tellOrders: false });
    return 'refunded';
  }
  if (refund.kind === 'refused') charging.logger.error({ operation: `refund ${id}`, reason: refund.reason }, 'a refund was refused');
  return putOff(context, open);
}

/** Asks again later, unless something happened meanwhile that moved the time. */
async function putOff(context: SubgraphContext, { id, tries, leasedUntil }: OpenPayment): Promise<'put_off'> {
  const { accountId, mode } = context.caller;
  const delayMs = Math.min(RETRY_BASE_MS * 2 ** Math.min(tries, 20), RETRY_CAP_MS);
  await context.run(
    `update payments.payment set due_at = $1, tries = tries + 1 where account_id = $2 and mode = $3 and id = $4 and due_at = $5`,
    [new Date(context.now().getTime() + delayMs), accountId, mode, id, leasedUntil],
  );
  return 'put_off';
}
