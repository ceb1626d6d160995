import { LockMode } from '@mikro-orm/core';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { Order } from '../order.entity.ts';
import { isCovered, orderPayments } from '../saga/order-payments.ts';
import { moveOrder } from './move-order.ts';

/**
 * Confirms a pending order whose payments cover its total. Answers whether this call did: an order that is not there yet, is not paid in
 * full, or was moved by somebody else is left as it is, so that being told twice, late, or in the wrong order is harmless.
 */
export async function confirmPaidOrder(context: SubgraphContext, id: string): Promise<boolean> {
  const payments = await orderPayments(context, id);
  if (payments === undefined) return false;
  return context.write(async (em) => {
    const order = await em.findOne(Order, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (order?.status !== 'pending' || !isCovered(order, payments)) return false;
    await moveOrder(em, context, { id, status: 'confirmed' });
    return true;
  });
}
