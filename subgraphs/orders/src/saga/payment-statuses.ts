import { asService } from '@portico/contracts/caller';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';

const PAYMENTS = 'query OrderPayments($id: ID!) { order(id: $id) { payments { status } } }';
type Payments = { order: { payments: { status: string }[] } | null };

/** The statuses of an order's payments; undefined when there is no such order. */
export async function paymentStatuses(context: SubgraphContext, orderId: string): Promise<string[] | undefined> {
  const asking = asService(context.caller, 'orders', ['orders:read', 'payments:read']);
  const { order } = await context.graph.execute<Payments>(PAYMENTS, { id: orderId }, asking);
  return order?.payments.map(({ status }) => status);
}
