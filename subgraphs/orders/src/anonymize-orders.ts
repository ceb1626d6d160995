import { raw } from '@mikro-orm/core';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { Order } from './order.entity.ts';

/** Removes what the orders of an erased customer say about the person. The orders stay: they are the seller's books. */
export function anonymizeOrders(context: SubgraphContext, customerId: string): Promise<number> {
  return context.write((em) =>
    em.nativeUpdate(
      Order,
      { customerId },
      {
        shippingAddress: null,
        notes: null,
        updatedAt: context.now(),
        version: raw('version + 1'),
      },
    ),
  );
}
