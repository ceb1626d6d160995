import type { OrderPayload } from '@portico/contracts/events/orders';
import type { Row } from '@portico/service-kit/reads/reads';
import type { Order, OrderLine } from './order.entity.ts';

/** An order as the resolvers take it. Without lines where the caller has none to show. */
export function orderRow(order: Order, lines: readonly OrderLine[]): Row {
  const { id, customerId, status, total, currency, notes, cancelReason, createdAt, updatedAt, version, shippingAddress } = order;
  const items = lines.map((line) => ({ ...lineRow(line), total: line.unitPrice * line.quantity, currency }));
  return {
    id,
    customerId,
    status,
    total,
    currency,
    items,
    notes,
    cancelReason,
    createdAt,
    updatedAt,
    version,
    shippingAddressSealed: shippingAddress,
  };
}

/** An order as its events carry it: amounts in minor units, no personal data. */
export function orderPayload(order: Order, lines: readonly OrderLine[]): OrderPayload {
  const { id, customerId, status, total, currency, createdAt, updatedAt } = order;
  const items = lines.map(({ productId, sku, quantity, unitPrice }) => ({ productId, sku, quantity, unitPrice }));
  return { id, customerId, status, total, currency, items, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

function lineRow({ id, productId, sku, name, quantity, unitPrice }: OrderLine): Row {
  return { id, productId, sku, name, quantity, unitPrice };
}
