// Pays what is open on an order that stands. All payments of an order, those under way too, are added up behind one lock, so that requests
// side by side cannot pay it twice.
import { wrap } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { asService } from '@portico/contracts/caller';
import { AppError, invalid, notFound } from '@portico/contracts/errors';
import { isId, newId } from '@portico/contracts/ids';
import { toDecimal, toMinor } from '@portico/contracts/money';
import { parseInput } from '@portico/service-kit/parse-input';
import type { Row } from '@portico/service-kit/reads/reads';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { z } from 'zod';
import { Payment } from '../payment.entity.ts';
import { beginPayment } from './begin-payment.ts';
import { paymentMethodInput } from './charge-order.ts';
import { chargePayment } from './charge-payment.ts';
import type { Charging } from './charging.ts';

const input = z.object({ orderId: z.string(), amount: z.number().positive().nullish(), paymentMethod: paymentMethodInput });

const ORDER = 'query OpenOrder($id: ID!) { order(id: $id) { id currency total status } }';
type OpenOrder = { id: string; currency: string; total: number; status: string };

const TAKES_NO_PAYMENT: ReadonlySet<string> = new Set(['cancelled', 'refunded']);
const PENDING = 'pending';

/** NOT_FOUND, INVALID_STATE when nothing is due, VALIDATION_ERROR for more than is due, PAYMENT_FAILED when the provider declines. */
export async function payOrder(context: SubgraphContext, charging: Charging, given: unknown): Promise<Row> {
  const { orderId, amount, paymentMethod } = parseInput(input, given);
  const order = await findOrder(context, orderId);
  const wanted = typeof amount === 'number' ? amountIn(order.currency, amount) : undefined;
  const id = newId('payment', context.caller.idempotencySeed);
  const asked = { id, orderId, currency: order.currency, isConfirmed: order.status !== PENDING && !TAKES_NO_PAYMENT.has(order.status) };
  const { payment, isNew } = await beginPayment(context, charging, asked, async (em) => {
    const due = await dueOn(em, order);
    if (due <= 0 || TAKES_NO_PAYMENT.has(order.status)) throw nothingDue(order);
    if (wanted !== undefined && wanted > due) {
      throw invalid({ amount: `At most ${toDecimal(due, order.currency)} ${order.currency} are due.` });
    }
    return wanted ?? due;
  });
  const settled =
    payment.status === 'pending'
      ? await chargePayment(context, charging, payment, { token: paymentMethod, isNew, tellOrders: true })
      : wrap(payment).toPOJO();
  if (settled.status !== 'failed') return settled;
  throw new AppError('PAYMENT_FAILED', undefined, { details: { paymentMethod: settled.failureReason, paymentId: settled.id } });
}

async function findOrder({ graph, caller }: SubgraphContext, id: string): Promise<OpenOrder> {
  if (!isId('order', id)) throw notFound('order', id);
  const { order } = await graph.execute<{ order: OpenOrder | null }>(ORDER, { id }, asService(caller, 'payments', ['orders:read']));
  if (order === null) throw notFound('order', id);
  return order;
}

async function dueOn(em: EntityManager, { id, total }: OpenOrder): Promise<number> {
  const counted = await em.find(Payment, { orderId: id, status: { $in: ['pending', 'succeeded'] } });
  return counted.reduce((due, { amount }) => due - amount, total);
}

function amountIn(currency: string, decimal: number): number {
  const minor = toMinor(decimal, currency);
  if (minor === undefined) throw invalid({ amount: `It has more digits than ${currency}.` });
  return minor;
}

function nothingDue({ status }: OpenOrder): AppError {
  const why = TAKES_NO_PAYMENT.has(status) ? `The order is ${status}.` : 'It is paid, or a payment is under way.';
  return new AppError('INVALID_STATE', 'Nothing is due on the order.', { details: { orderId: why } });
}
