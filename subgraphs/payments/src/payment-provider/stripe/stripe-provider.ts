import type { Client } from '@portico/integration-client/create-client';
import { declaredError } from '@portico/integration-client/declaration/declared-error';
import { lostAnswer, outcomeOfError } from '../outcome-of-error.ts';
import type { ChargeOutcome, ChargeRequest, FoundCharge, PaymentProvider, RefundOutcome, RefundRequest } from '../payment-provider.ts';
import type { declareStripe, StripeIntent } from './declare-stripe.ts';
import { ourAmount, stripeAmount } from './stripe-amount.ts';
import { verifyStripeCallback } from './verify-stripe-callback.ts';

export type StripeDeclaration = ReturnType<typeof declareStripe>;

/** A search may miss what was made within the last minute, longer while Stripe has trouble (docs.stripe.com/search). */
const ABSENT_AFTER_MS = 3_600_000;
const NO_SUCH_AMOUNT = 'The amount cannot be charged in this currency: its last digit must be 0.';

/** The port over Stripe's PaymentIntents. `token`: the id of a payment method, `pm_card_visa`. The card holder cannot be asked anything. */
export function stripeProvider(
  declaration: StripeDeclaration,
  calls: Client<{ stripe: StripeDeclaration }>['stripe'],
  webhookSecret: string,
): PaymentProvider {
  const { operations } = declaration;

  async function charge(request: ChargeRequest, signal: AbortSignal): Promise<ChargeOutcome> {
    const amount = stripeAmount(request.amount, request.currency);
    if (amount === undefined) return { kind: 'declined', reason: NO_SUCH_AMOUNT };
    try {
      const { data } = await calls.createIntent({ body: newIntent(request, amount) }, { key: request.key, signal });
      return outcomeOf(data);
    } catch (error) {
      const refusal = await declaredError(operations.createIntent, error);
      if (refusal === undefined) return outcomeOfError(error);
      const { type, payment_intent: intent, ...told } = refusal.data.error;
      // The key is in use by another try, or was used with another card: what became of it has to be looked up.
      if (refusal.status === 409 || type === 'idempotency_error') return { kind: 'unknown' };
      return { kind: 'declined', reason: reasonOf(told), providerId: intent?.id };
    }
  }

  async function refund({ key, providerId }: RefundRequest, signal: AbortSignal): Promise<RefundOutcome> {
    try {
      // Without an amount it is all that is left.
      const { data } = await calls.createRefund({ body: { payment_intent: providerId } }, { key, signal });
      if (data.status === 'succeeded') return { kind: 'refunded' };
      return data.status === 'pending' ? { kind: 'pending' } : { kind: 'refused', reason: `The refund is ${data.status}.` };
    } catch (error) {
      const refusal = await declaredError(operations.createRefund, error);
      if (refusal === undefined) return lostAnswer(error);
      const { code, ...told } = refusal.data.error;
      if (refusal.status === 409) return { kind: 'unknown' };
      return code === 'charge_already_refunded' ? { kind: 'refunded' } : { kind: 'refused', reason: reasonOf({ code, ...told }) };
    }
  }

  async function find({ key, providerId }: { key: string; providerId: string | null }, signal: AbortSignal): Promise<FoundCharge> {
    try {
      const intent = providerId === null ? await search(key, signal) : await get(providerId, signal);
      if (intent === undefined) return { kind: 'absent' };
      const { id, latest_charge: last } = intent;
      return typeof last === 'object' && last?.refunded === true ? { kind: 'refunded', providerId: id } : outcomeOf(intent);
    } catch (error) {
      return lostAnswer(error);
    }
  }

  async function get(id: string, signal: AbortSignal): Promise<StripeIntent> {
    return (await calls.getIntent({ params: { id }, query: { 'expand[]': 'latest_charge' } }, { signal })).data;
  }

  async function search(key: string, signal: AbortSignal): Promise<StripeIntent | undefined> {
    const query = { query: `metadata['payment']:'${key}'`, 'expand[]': 'data.latest_charge' } as const;
    return (await calls.searchIntents({ query }, { signal })).data.data[0];
  }

  return {
    name: 'stripe',
    absentAfterMs: ABSENT_AFTER_MS,
    charge,
    refund,
    find,
    verifyCallback: (headers, body, now) => verifyStripeCallback(webhookSecret, headers, body, now),
  };
}

function newIntent({ key, currency, token, orderId, description }: ChargeRequest, amount: number): Record<string, string | number> {
  return {
    amount,
    currency: currency.toLowerCase(),
    payment_method: token,
    confirm: 'true',
    // Whoever would have to answer the bank's question is not here.
    error_on_requires_action: 'true',
    'payment_method_types[]': 'card',
    description,
    'metadata[payment]': key,
    'metadata[order]': orderId,
  };
}

/** Statuses in which a charge may still come about. Every other one but `succeeded` needs a confirmation that only we could give, and never do. */
const PENDING: ReadonlySet<string> = new Set(['processing', 'requires_capture']);

function outcomeOf(intent: StripeIntent): Exclude<ChargeOutcome, { kind: 'unknown' | 'unavailable' }> {
  const { id, status, amount_received: received, last_payment_error: told } = intent;
  const currency = intent.currency.toUpperCase();
  if (status === 'succeeded') return { kind: 'succeeded', providerId: id, amount: ourAmount(received, currency), currency };
  if (PENDING.has(status)) return { kind: 'pending', providerId: id };
  return { kind: 'declined', reason: reasonOf(told ?? { message: `The payment is ${status}.` }), providerId: id };
}

type Told = { code?: string | null; decline_code?: string | null; message?: string | null };

function reasonOf({ code, decline_code: declineCode, message }: Told): string {
  const word = declineCode ?? code;
  return [message ?? 'The card was declined.', ...(word ? [`(${word})`] : [])].join(' ');
}
