import { notFound } from '@portico/contracts/errors';
import { isId } from '@portico/contracts/ids';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { Payment } from '../payment.entity.ts';
import { closeOrder, lockOrder, UNPAID } from './paid-order.ts';

/**
 * Lets no charge for an order be accepted any more, unless a payment for it has succeeded or may yet. Answers whether none will be: whoever
 * begins a payment waits for the same lock, so that an order is paid for or closed, never both. Asking again changes nothing.
 * It does not close an order that somebody confirms before it is cancelled.
 */
export function closeUnpaidOrder(context: SubgraphContext, orderId: string): Promise<boolean> {
  if (!isId('order', orderId)) throw notFound('order', orderId);
  return context.write(async (em) => {
    await lockOrder(em, context.caller, orderId);
    const standing = await em.count(Payment, { orderId, status: { $in: ['pending', 'succeeded'] } });
    if (standing > 0) return false;
    await closeOrder(em, context.caller, orderId, UNPAID);
    return true;
  });
}
