import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { asService } from '@portico/contracts/caller';
import { AppError, notFound } from '@portico/contracts/errors';
import { orderCancelled, orderUpdated } from '@portico/contracts/events/orders';
import { emit } from '@portico/service-kit/outbox';
import type { Row } from '@portico/service-kit/reads/reads';
import { requireVersion, type SubgraphContext } from '@portico/service-kit/subgraph/context';
import { tenantOf } from '@portico/service-kit/tenant';
import { Order, OrderLine } from './order.entity.ts';
import { orderPayload, orderRow } from './order-row.ts';
import { type OrderStatus, requireMove, stockActionOf } from './order-status.ts';
import { settleStock } from './settle-stock.ts';
import { LEASE_MS, StockTask } from './stock-task.entity.ts';

export type StatusChange = { id: string; status: OrderStatus; reason?: string | null; expectedVersion?: number | null };

const PAYMENTS = 'query OrderPayments($id: ID!) { order(id: $id) { payments { status } } }';
type Payments = { order: { payments: { status: string }[] } | null };

/** Moves an order along its life. INVALID_STATE lists the legal moves; cancelling a cancelled order answers it again. */
export async function changeOrderStatus(context: SubgraphContext, change: StatusChange): Promise<Row> {
  if (change.status === 'refunded') await requirePayment(context, change.id);
  const { row, action } = await context.write((em) => move(em, context, change));
  // Due, and written down with the move: when this fails, the task does it.
  if (action !== undefined) await settleStock(context, change.id, action).catch(() => {});
  return row;
}

async function move(em: EntityManager, context: SubgraphContext, { id, status, reason, expectedVersion }: StatusChange) {
  const { order, lines } = await findOrder(em, id);
  requireVersion(order, expectedVersion);
  if (status === 'cancelled' && order.status === 'cancelled') return { row: orderRow(order, lines), action: undefined };
  requireMove(order.status, status);
  const previousStatus = order.status;
  const action = stockActionOf(previousStatus, status);
  const at = context.now();
  em.assign(order, { status, updatedAt: at, ...(status === 'cancelled' ? { cancelReason: reason?.slice(0, 500) ?? null } : {}) });
  await em.flush();
  const payload = { ...orderPayload(order, lines), previousStatus, currentStatus: status };
  emit(em, status === 'cancelled' ? orderCancelled : orderUpdated, { caller: context.caller, aggregateId: id, payload, at });
  if (action !== undefined) {
    const lockedUntil = new Date(at.getTime() + LEASE_MS);
    // A row that is there was left by a second try of the order's placement; the order stands, so only this debt counts.
    await em.upsert(StockTask, { ...tenantOf(context.caller), id, action, requestId: context.caller.requestId, lockedUntil });
  }
  await em.flush();
  return { row: orderRow(order, lines), action };
}

/** The order with its lines, locked for a change. */
export async function findOrder(em: EntityManager, id: string): Promise<{ order: Order; lines: OrderLine[] }> {
  const order = await em.findOne(Order, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (order === null) throw notFound('order', id);
  return { order, lines: await em.find(OrderLine, { orderId: id }, { orderBy: { position: 'asc' } }) };
}

async function requirePayment(context: SubgraphContext, id: string): Promise<void> {
  const { order } = await context.graph.execute<Payments>(
    PAYMENTS,
    { id },
    asService(context.caller, 'orders', ['orders:read', 'payments:read']),
  );
  if (order === null) throw notFound('order', id);
  if (order.payments.some(({ status }) => status === 'succeeded' || status === 'refunded')) return;
  throw new AppError('INVALID_STATE', 'Only an order that was paid can be refunded.', { details: { payments: 'There is no payment.' } });
}
