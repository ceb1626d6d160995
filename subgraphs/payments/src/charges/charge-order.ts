import { wrap } from '@mikro-orm/core';
import { AppError } from '@portico/contracts/errors';
import { isId, newId } from '@portico/contracts/ids';
import { currencyDigits, toDecimalText } from '@portico/contracts/money';
import { parseInput } from '@portico/service-kit/parse-input';
import type { Row } from '@portico/service-kit/reads/reads';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { z } from 'zod';
import { beginPayment } from './begin-payment.ts';
import { chargePayment } from './charge-payment.ts';
import type { Charging } from './charging.ts';

export const paymentMethodInput = z.string().trim().min(1).max(255);

const input = z.object({
  orderId: z.string().refine((id) => isId('order', id), 'It is not the id of an order.'),
  amount: z.int().min(1),
  currency: z.string().refine((code) => currencyDigits(code) !== undefined, 'It is not a currency that can be charged.'),
  paymentMethod: paymentMethodInput,
});

/**
 * Charges for an order that is being placed. The payment's id is made from the order's, so that the order is charged once however often this
 * is asked. CONFLICT when it was asked before with another amount, INVALID_STATE after the order was voided or refunded.
 */
export async function chargeOrder(context: SubgraphContext, charging: Charging, given: unknown): Promise<Row> {
  const { orderId, amount, currency, paymentMethod } = parseInput(input, given);
  const id = newId('payment', orderId);
  const { payment, isNew } = await beginPayment(context, charging, { id, orderId, currency }, () => amount);
  if (payment.amount !== amount || payment.currency !== currency) {
    const charged = toDecimalText(payment.amount, payment.currency);
    throw new AppError('CONFLICT', `The order was charged with ${charged} ${payment.currency} before.`);
  }
  if (payment.status !== 'pending') return wrap(payment).toPOJO();
  return chargePayment(context, charging, payment, { token: paymentMethod, isNew, tellOrders: false });
}
