import { z } from 'zod';
import { amount } from '../../rest/declare/amount.ts';
import { dateTime, id, integer, join, money, oneOf, part, text } from '../../rest/declare/fields.ts';
import { anyId, anyOfThese, anyText, decimal, moment, searchText } from '../../rest/declare/parameters.ts';
import { defineResource, type Resource } from '../../rest/declare/resource.ts';
import { defineRoute } from '../../rest/declare/route.ts';
import { type AddressBody, address, addressBody, addressExample, toGraphAddress } from './address.ts';
import { atLeastOne } from './bodies.ts';
import { customer } from './customers.ts';
import { EXAMPLE } from './examples.ts';
import { payment } from './payments.ts';
import { product } from './products.ts';

const STATUSES = ['pending', 'confirmed', 'processing', 'shipped', 'delivered', 'cancelled', 'refunded'];

const orderItem: Resource = defineResource(
  'OrderItem',
  {
    id: text({ example: EXAMPLE.lineId }),
    productId: id('product', { example: EXAMPLE.productId }),
    sku: text({ example: EXAMPLE.sku }),
    name: text({ example: 'Blue mug, 350 ml' }),
    quantity: integer({ example: 2 }),
    unitPrice: money({ example: 29.99, description: 'Price of one piece when the order was placed.' }),
    total: money({ example: 59.98 }),
    product: join(() => product, 'products:read', { description: 'The product as it is now.' }),
  },
  { versioned: false },
);

export const order: Resource = defineResource('Order', {
  id: id('order', { example: EXAMPLE.orderId }),
  customerId: id('customer', { example: EXAMPLE.customerId }),
  status: oneOf(STATUSES),
  total: money({ example: 59.98, description: 'In `currency`, with the digits that it has.' }),
  currency: text({ example: 'USD', description: 'ISO 4217.' }),
  items: part(() => orderItem, { many: true, description: 'What was ordered.' }),
  shippingAddress: part(() => address, { nullable: true, description: 'Null when there is none, or the customer was erased.' }),
  notes: text({ nullable: true, example: 'Leave at the door' }),
  cancelReason: text({ nullable: true, example: null }),
  createdAt: dateTime(),
  updatedAt: dateTime(),
  customer: join(() => customer, 'customers:read', { description: 'Who ordered.' }),
  payments: join(() => payment, 'payments:read', { many: true, description: 'Its payments, newest first.' }),
});

const body = z.strictObject({
  customerId: z.string().min(1).max(64),
  items: z
    .array(
      z.strictObject({
        productId: z.string().min(1).max(64),
        quantity: z.int().min(1).max(999),
        price: amount(z.number().min(0))
          .optional()
          .meta({ description: 'The price the buyer saw. When it differs from the catalogue, the order is refused.' }),
      }),
    )
    .min(1)
    .max(100),
  shippingAddress: addressBody.nullish(),
  notes: z.string().max(2_000).nullish(),
  /** A token of the payment provider; never a card. */
  paymentMethod: z.string().trim().min(1).max(200).nullish(),
});

function toInput(given: unknown): Record<string, unknown> {
  const { shippingAddress, ...same } = given as { shippingAddress?: AddressBody | null };
  return shippingAddress === undefined ? same : { ...same, shippingAddress: toGraphAddress(shippingAddress) };
}

const base = { tag: 'Orders', resource: order } as const;

export const orderRoutes = [
  defineRoute({
    ...base,
    kind: 'list',
    method: 'GET',
    path: '/orders',
    operationId: 'listOrders',
    summary: 'List orders',
    scopes: ['orders:read'],
    limit: { limit: 300, windowSeconds: 60 },
    graph: { field: 'orders', filterType: 'OrderFilter', sortType: 'OrderSort' },
    filters: {
      status: anyOfThese(STATUSES, 'status', 'Orders in one of these states.'),
      customerId: anyId('customer', 'customerId', 'Orders of one of these customers.'),
      productId: anyId('product', 'productId', 'Orders that contain one of these products.'),
      currency: anyText('currency', 'Orders in one of these currencies.'),
      totalMin: decimal('totalMin', 'Orders of at least this total.'),
      totalMax: decimal('totalMax', 'Orders of at most this total.'),
      createdAfter: moment('createdAfter', 'Orders placed at this moment or later.'),
      createdBefore: moment('createdBefore', 'Orders placed at this moment or before; a date counts to its end.', true),
      q: searchText('q', 'Words that begin the id, or words of the names and SKUs of the items.'),
    },
    sorts: { createdAt: 'createdAt', updatedAt: 'updatedAt', total: 'total', status: 'status' },
  }),
  defineRoute({
    ...base,
    kind: 'item',
    method: 'GET',
    path: '/orders/{orderId}',
    operationId: 'getOrder',
    summary: 'Get an order',
    scopes: ['orders:read'],
    graph: { field: 'order', argument: 'id', type: 'ID!' },
    param: 'orderId',
    what: 'order',
  }),
  defineRoute({
    ...base,
    kind: 'write',
    method: 'POST',
    path: '/orders',
    operationId: 'createOrder',
    summary: 'Place an order',
    description:
      'Priced from the catalogue. The stock of all items is reserved, or nothing happens. With a `paymentMethod` the order is charged before ' +
      'it stands: it is `confirmed` when the charge succeeded, `pending` while the provider has not decided, and not placed when it was declined.',
    scopes: ['orders:write'],
    limit: { limit: 100, windowSeconds: 60 },
    errors: ['INVALID_CUSTOMER', 'PAYMENT_FAILED', 'INSUFFICIENT_INVENTORY', 'DUPLICATE_ORDER', 'CONFLICT'],
    graph: { field: 'placeOrder', arguments: { input: 'PlaceOrderInput!' } },
    body,
    bodyExample: {
      customerId: EXAMPLE.customerId,
      items: [{ productId: EXAMPLE.productId, quantity: 2, price: 29.99 }],
      shippingAddress: addressExample,
      paymentMethod: 'tok_visa',
    },
    variables: ({ body: given }) => ({ input: toInput(given) }),
    status: 201,
    location: (created) => `/orders/${created.id}`,
    duplicate: { code: 'DUPLICATE_ORDER', detail: 'existingOrderId' },
  }),
  defineRoute({
    ...base,
    kind: 'write',
    method: 'PUT',
    path: '/orders/{orderId}',
    operationId: 'updateOrder',
    summary: 'Change the address or the notes of an order',
    description:
      'Properties that are given are changed, the others stay. The address is fixed once the order was shipped; the items never change.',
    scopes: ['orders:write'],
    errors: ['NOT_FOUND', 'INVALID_STATE', 'PRECONDITION_FAILED'],
    graph: { field: 'updateOrder', arguments: { id: 'ID!', input: 'UpdateOrderInput!', expectedVersion: 'Int' } },
    body: atLeastOne(body.pick({ shippingAddress: true, notes: true }).partial()),
    bodyExample: { notes: 'Ring twice' },
    variables: ({ path, body: given, expectedVersion }) => ({ id: path.orderId, input: toInput(given), expectedVersion }),
    status: 200,
  }),
  defineRoute({
    ...base,
    kind: 'write',
    method: 'PATCH',
    path: '/orders/{orderId}/status',
    operationId: 'updateOrderStatus',
    summary: 'Move an order along its life',
    description:
      'pending → confirmed → processing → shipped → delivered; cancelled from any state before shipped; refunded after a payment. Cancelling and refunding give back what was paid.',
    scopes: ['orders:write'],
    errors: ['NOT_FOUND', 'INVALID_STATE', 'PRECONDITION_FAILED'],
    graph: { field: 'changeOrderStatus', arguments: { id: 'ID!', status: 'OrderStatus!', expectedVersion: 'Int' } },
    body: z.strictObject({ status: z.enum(STATUSES) }),
    bodyExample: { status: 'confirmed' },
    variables: ({ path, body: given, expectedVersion }) => ({ ...(given as object), id: path.orderId, expectedVersion }),
    status: 200,
  }),
  defineRoute({
    ...base,
    kind: 'write',
    method: 'DELETE',
    path: '/orders/{orderId}',
    operationId: 'cancelOrder',
    summary: 'Cancel an order',
    description: 'Releases its stock and refunds what was paid. The order stays, as cancelled, and is answered.',
    scopes: ['orders:write'],
    errors: ['NOT_FOUND', 'INVALID_STATE', 'PRECONDITION_FAILED'],
    graph: { field: 'cancelOrder', arguments: { id: 'ID!', expectedVersion: 'Int' } },
    variables: ({ path, expectedVersion }) => ({ id: path.orderId, expectedVersion }),
    status: 200,
  }),
];
