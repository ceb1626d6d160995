// Undoes what was charged for an order, whatever became of the charge: one that succeeded is given back, one that is not decided yet is
// given back when it turns out to have been made. Written down before the provider is asked, so that no crash forgets it.
import { LockMode } from '@mikro-orm/core';
import { notFound } from '@portico/contracts/errors';
import { isId } from '@portico/contracts/ids';
import { withField } from '@portico/service-kit/reads/read-references';
import type { Row } from '@portico/service-kit/reads/reads';
import type { Selection } from '@portico/service-kit/reads/selection';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import type { Charging } from '../charges/charging.ts';
import { closeOrder } from '../charges/paid-order.ts';
import { LEASE_MS, Payment } from '../payment.entity.ts';
import { NEWEST_FIRST, paymentReads } from '../payment-reads.ts';
import { type OpenPayment, settlePayment } from './settle-payment.ts';

const REASON_MAX = 500;
const NO_REASON = 'The order was refunded.';

/** Answers the order's payments as they are then. What the provider could not be asked for at once is done by the task. */
export async function refundOrder(
  context: SubgraphContext,
  charging: Charging,
  { orderId, reason }: { orderId: string; reason?: string | null },
  selection: Selection,
): Promise<Row[]> {
  if (!isId('order', orderId)) throw notFound('order', orderId);
  const open = await markUndone(context, orderId, reason?.slice(0, REASON_MAX) || NO_REASON);
  await Promise.all(
    open.map((payment) =>
      settlePayment(context, charging, payment).catch((err: unknown) =>
        charging.logger.warn({ err, orderId }, 'a refund could not be made at once'),
      ),
    ),
  );
  return context.reads.many(paymentReads, context.caller, 't.order_id', [orderId], withField(selection, 'orderId'), NEWEST_FIRST);
}

function markUndone(context: SubgraphContext, orderId: string, reason: string): Promise<OpenPayment[]> {
  return context.write(async (em) => {
    await closeOrder(em, context.caller, orderId, reason);
    const standing = await em.find(
      Payment,
      { orderId, provider: { $ne: null }, status: { $in: ['pending', 'succeeded', 'refunded'] } },
      { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } },
    );
    const at = context.now();
    const leasedUntil = new Date(at.getTime() + LEASE_MS);
    return standing.flatMap((payment) => {
      // Of one that somebody gave back at the provider too: should that fail, it is owed.
      payment.undoReason ??= reason;
      const { id, tries, status, provider, reference, askedAt, createdAt } = payment;
      if (status === 'refunded') return [];
      payment.dueAt = leasedUntil;
      payment.openSince ??= at;
      return [
        {
          id,
          tries,
          status,
          provider: provider ?? '',
          reference: reference ?? null,
          askedAt: askedAt ?? createdAt,
          leasedUntil,
        },
      ];
    });
  });
}
