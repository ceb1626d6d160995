import { asService } from '@portico/contracts/caller';
import { AppError } from '@portico/contracts/errors';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import type { Draft } from '../placing/price-order.ts';

const CHARGE = `mutation ChargeOrder($input: ChargeOrderInput!) { chargeOrder(input: $input) { id status failureReason } }`;
type Charged = { chargeOrder: { id: string; status: string; failureReason: string | null } };

export type ChargeOutcome =
  | { readonly kind: 'succeeded' }
  /** The provider has not said yet. */
  | { readonly kind: 'pending' }
  /** Nothing was charged. */
  | { readonly kind: 'refused'; readonly error: AppError };

/** Charges for an order, once however often it is asked. Throws when nobody can say whether the charge was made. */
export async function chargeOrder(
  { graph, caller }: SubgraphContext,
  id: string,
  { total, currency }: Draft,
  paymentMethod: string,
): Promise<ChargeOutcome> {
  const input = { orderId: id, amount: total, currency, paymentMethod };
  try {
    const { chargeOrder: payment } = await graph.execute<Charged>(CHARGE, { input }, asService(caller, 'orders', ['payments:write']));
    if (payment.status === 'failed') return { kind: 'refused', error: paymentFailed(payment.failureReason ?? 'It was declined.') };
    return { kind: payment.status === 'succeeded' ? 'succeeded' : 'pending' };
  } catch (error) {
    if (error instanceof AppError && error.code === 'VALIDATION_ERROR') return { kind: 'refused', error };
    throw error;
  }
}

function paymentFailed(reason: string): AppError {
  return new AppError('PAYMENT_FAILED', `The payment was not accepted: ${reason}`, { details: { paymentMethod: reason } });
}
