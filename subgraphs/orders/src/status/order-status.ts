// The life of an order. Everything that changes a status asks here.
import { AppError } from '@portico/contracts/errors';
import type { Duties } from '../saga/saga-task.entity.ts';

export type OrderStatus = 'pending' | 'confirmed' | 'processing' | 'shipped' | 'delivered' | 'cancelled' | 'refunded';

/** Where an order can go from each status. */
export const NEXT: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ['confirmed', 'cancelled'],
  confirmed: ['processing', 'cancelled', 'refunded'],
  processing: ['shipped', 'cancelled', 'refunded'],
  shipped: ['delivered', 'refunded'],
  delivered: ['refunded'],
  cancelled: ['refunded'],
  refunded: [],
};

/** Before it is shipped, an order holds stock in the warehouse. */
const HOLDS_STOCK: ReadonlySet<OrderStatus> = new Set(['pending', 'confirmed', 'processing']);

/** Throws INVALID_STATE, listing the legal moves, for a move that is not one of them. */
export function requireMove(from: OrderStatus, to: OrderStatus): void {
  const allowed = NEXT[from];
  if (allowed.includes(to)) return;
  const legal = allowed.length === 0 ? 'no further status' : allowed.join(' or ');
  throw new AppError('INVALID_STATE', `An order that is ${from} can become ${legal}, not ${to}.`, { details: { status: from, allowed } });
}

/** What a move makes due: stock that leaves the warehouse or goes back to it, money that goes back. Undefined when it is nothing. */
export function dutiesOf(from: OrderStatus, to: OrderStatus): Duties | undefined {
  const leaves = HOLDS_STOCK.has(from) && !HOLDS_STOCK.has(to);
  const stock = leaves ? (to === 'shipped' ? 'commit' : 'release') : null;
  const payment = to === 'cancelled' || to === 'refunded' ? 'refund' : null;
  return stock === null && payment === null ? undefined : { stock, payment };
}
