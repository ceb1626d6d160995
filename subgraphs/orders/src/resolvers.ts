import { notFound } from '@portico/contracts/errors';
import { isId } from '@portico/contracts/ids';
import { listOf, oneById, referenceTo } from '@portico/service-kit/reads/model-fields';
import { type ListArguments, readPage } from '@portico/service-kit/reads/read-page';
import type { Row } from '@portico/service-kit/reads/reads';
import { selectionOf } from '@portico/service-kit/reads/selection';
import { needs, type References, type Resolvers } from '@portico/service-kit/subgraph/build-schema';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { anonymizeOrders } from './anonymize-orders.ts';
import { sealedShippingAddress } from './order.entity.ts';
import { orderReads } from './order-reads.ts';
import { placeOrder } from './placing/place-order.ts';
import { changeOrderStatus } from './status/change-order-status.ts';
import { confirmPaidOrder } from './status/confirm-paid-order.ts';
import type { StatusChange } from './status/move-order.ts';
import { updateOrder } from './update-order.ts';

type ById = { id: string };
type Update = ById & { input: unknown; expectedVersion?: number | null };

export const resolvers: Resolvers = {
  Query: {
    orders: listOf(orderReads, 'orders:read'),
    order: oneById(orderReads, 'order', 'orders:read'),
  },
  Mutation: {
    placeOrder: needs('orders:write', (_, { input }: { input: unknown }, context, info) => placeOrder(context, input, selectionOf(info))),
    updateOrder: needs('orders:write', (_, { id, input, expectedVersion }: Update, context) =>
      updateOrder(context, known(id), input, expectedVersion),
    ),
    changeOrderStatus: needs('orders:write', (_, change: StatusChange, context) =>
      changeOrderStatus(context, { ...change, id: known(change.id) }),
    ),
    cancelOrder: needs('orders:write', (_, change: Omit<StatusChange, 'status'>, context) =>
      changeOrderStatus(context, { ...change, id: known(change.id), status: 'cancelled' }),
    ),
    confirmPaidOrder: needs('orders:write', (_, { orderId }: { orderId: string }, context) => confirmPaidOrder(context, known(orderId))),
    anonymizeOrders: needs('orders:write', (_, { customerId }: { customerId: string }, context) => anonymizeOrders(context, customerId)),
  },
  Order: {
    customer: ({ customerId }: Row) => ({ id: customerId }),
    shippingAddress: ({ id, shippingAddressSealed }: Row, _: unknown, { keyRing }: SubgraphContext) =>
      typeof shippingAddressSealed === 'string' ? sealedShippingAddress.open(keyRing, String(id), shippingAddressSealed) : null,
  },
  OrderItem: { product: ({ productId }: Row) => ({ id: productId }) },
  Customer: {
    orders: needs('orders:read', ({ id }: ById, args: ListArguments, context, info) =>
      readPage(context, orderReads, { ...args, filter: { customerId: [id] } }, info),
    ),
  },
};

export const references: References = {
  Order: referenceTo(orderReads, 'orders:read'),
  Customer: { scope: 'orders:read', resolve: (_context, representations) => Promise.resolve(representations.map(({ id }) => ({ id }))) },
};

/** An id of the wrong shape names no order; the database need not be asked. */
function known(id: string): string {
  if (!isId('order', id)) throw notFound('order', id);
  return id;
}
