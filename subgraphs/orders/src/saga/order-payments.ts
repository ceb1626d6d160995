import { asService } from '@portico/contracts/caller';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';

const PAYMENTS = 'query OrderPayments($id: ID!) { order(id: $id) { payments { status amount currency provider } } }';

/** `amount`: minor units of `currency`. `provider`: null for a payment that was settled elsewhere. */
export type OrderPayment = { status: string; amount: number; currency: string; provider: string | null };
type Payments = { order: { payments: OrderPayment[] } | null };

/** What was paid for an order, or is about to be; undefined when there is no such order. */
export async function orderPayments(context: SubgraphContext, orderId: string): Promise<OrderPayment[] | undefined> {
  const asking = asService(context.caller, 'orders', ['orders:read', 'payments:read']);
  const { order } = await context.graph.execute<Payments>(PAYMENTS, { id: orderId }, asking);
  return order?.payments;
}

/** Whether the payments that succeeded add up to what the order costs. Money in another currency never counts. */
export function isCovered({ total, currency }: { total: number; currency: string }, payments: readonly OrderPayment[]): boolean {
  const received = payments.filter((payment) => payment.status === 'succeeded' && payment.currency === currency);
  return received.reduce((sum, { amount }) => sum + amount, 0) >= total;
}
