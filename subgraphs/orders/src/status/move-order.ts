import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { notFound } from '@portico/contracts/errors';
import { orderCancelled, orderUpdated } from '@portico/contracts/events/orders';
import { tenantOf } from '@portico/service-kit/database/tenant';
import { emit } from '@portico/service-kit/outbox/outbox';
import type { Row } from '@portico/service-kit/reads/reads';
import { requireVersion, type SubgraphContext } from '@portico/service-kit/subgraph/context';
import { Order, OrderLine } from '../order.entity.ts';
import { orderPayload, orderRow } from '../order-row.ts';
import { type Duties, LEASE_MS, SagaTask } from '../saga/saga-task.entity.ts';
import { dutiesOf, type OrderStatus, requireMove } from './order-status.ts';

export type StatusChange = { id: string; status: OrderStatus; reason?: string | null; expectedVersion?: number | null };

/** Moves an order along its life, in the caller's transaction, and writes down with the move what it makes due. */
export async function moveOrder(
  em: EntityManager,
  context: SubgraphContext,
  { id, status, reason, expectedVersion }: StatusChange,
): Promise<{ row: Row; duties: Duties | undefined }> {
  const { order, lines } = await findOrder(em, id);
  const { idempotencySeed: seed } = context.caller;
  // A try before this one of the same request did it, and its answer was lost.
  const isDone = seed !== undefined && order.movedBy === seed && order.status === status;
  if (!isDone) requireVersion(order, expectedVersion);
  if (isDone || (status === 'cancelled' && order.status === 'cancelled')) return { row: orderRow(order, lines), duties: undefined };
  requireMove(order.status, status);
  const previousStatus = order.status;
  const due = dutiesOf(previousStatus, status);
  const at = context.now();
  const why = status === 'cancelled' ? { cancelReason: reason?.slice(0, 500) ?? null } : {};
  em.assign(order, { status, movedBy: seed ?? null, updatedAt: at, ...why });
  await em.flush();
  const payload = { ...orderPayload(order, lines), previousStatus, currentStatus: status };
  emit(em, status === 'cancelled' ? orderCancelled : orderUpdated, { caller: context.caller, aggregateId: id, payload, at });
  const duties = due === undefined ? undefined : await writeDown(em, context, id, due);
  await em.flush();
  return { row: orderRow(order, lines), duties };
}

/** Writes what is due into the order's row of the saga log, beside what an earlier move left unpaid. */
async function writeDown(em: EntityManager, { caller, now }: SubgraphContext, id: string, due: Duties): Promise<Duties> {
  const left = await em.findOne(SagaTask, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  // The order stands: what a second try of its placement would undo is not due. Nor is a charge waited for by an order that is not pending.
  const earlier = left?.stage === 'owing' ? left : undefined;
  const owed = earlier?.payment === 'await' ? null : earlier?.payment;
  const duties = { stock: due.stock ?? earlier?.stock ?? null, payment: due.payment ?? owed ?? null };
  const at = now();
  const row = { stage: 'owing' as const, ...duties, requestId: caller.requestId, lockedUntil: new Date(at.getTime() + LEASE_MS) };
  if (left === null) em.persist(em.create(SagaTask, { ...tenantOf(caller), id, begunAt: at, ...row }));
  else em.assign(left, row);
  return duties;
}

/** The order with its lines, locked for a change. */
export async function findOrder(em: EntityManager, id: string): Promise<{ order: Order; lines: OrderLine[] }> {
  const order = await em.findOne(Order, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (order === null) throw notFound('order', id);
  return { order, lines: await em.find(OrderLine, { orderId: id }, { orderBy: { position: 'asc' } }) };
}
