import { AppError, notFound } from '@portico/contracts/errors';
import type { Row } from '@portico/service-kit/reads/reads';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { orderPayments } from '../saga/order-payments.ts';
import { settleTask } from '../saga/settle-task.ts';
import { moveOrder, type StatusChange } from './move-order.ts';

/** Moves an order along its life. INVALID_STATE lists the legal moves; cancelling a cancelled order answers it again. */
export async function changeOrderStatus(context: SubgraphContext, change: StatusChange): Promise<Row> {
  if (change.status === 'refunded') await requirePayment(context, change.id);
  const { row, duties } = await context.write((em) => moveOrder(em, context, change));
  // Due, and written down with the move: when this fails, the task does it.
  if (duties !== undefined) await settleTask(context, change.id, duties).catch(() => {});
  return row;
}

async function requirePayment(context: SubgraphContext, id: string): Promise<void> {
  const payments = await orderPayments(context, id);
  if (payments === undefined) throw notFound('order', id);
  if (payments.some(({ status }) => status === 'succeeded' || status === 'refunded')) return;
  throw new AppError('INVALID_STATE', 'Only an order that was paid can be refunded.', { details: { payments: 'There is no payment.' } });
}
