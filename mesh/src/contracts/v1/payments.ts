import { dateTime, id, join, money, oneOf, text } from '../../rest/declare/fields.ts';
import { anyOfThese, moment } from '../../rest/declare/parameters.ts';
import { defineResource, type Resource } from '../../rest/declare/resource.ts';
import { defineRoute } from '../../rest/declare/route.ts';
import { EXAMPLE } from './examples.ts';
import { order } from './orders.ts';

const STATUSES = ['pending', 'succeeded', 'failed', 'refunded'];

export const payment: Resource = defineResource('Payment', {
  id: id('payment', { example: EXAMPLE.paymentId }),
  orderId: id('order', { example: EXAMPLE.orderId }),
  amount: money({ example: 59.98 }),
  currency: text({ example: 'USD', description: 'ISO 4217.' }),
  status: oneOf(STATUSES, { example: 'succeeded' }),
  method: text({ example: 'card' }),
  failureReason: text({ nullable: true, example: null }),
  reference: text({ nullable: true, example: 'INV-2026-0042' }),
  createdAt: dateTime(),
  updatedAt: dateTime(),
  order: join(() => order, 'orders:read', { description: 'The order that it pays for.' }),
});

export const paymentRoutes = [
  defineRoute({
    kind: 'list',
    method: 'GET',
    path: '/orders/{orderId}/payments',
    operationId: 'listOrderPayments',
    tag: 'Payments',
    summary: 'List the payments of an order',
    scopes: ['payments:read', 'orders:read'],
    errors: ['NOT_FOUND'],
    resource: payment,
    graph: { field: 'payments', filterType: 'PaymentFilter', sortType: 'PaymentSort' },
    parent: { param: 'orderId', graph: 'order', filter: 'orderId', what: 'order' },
    filters: {
      status: anyOfThese(STATUSES, 'status', 'Payments in one of these states.'),
      createdAfter: moment('createdAfter', 'Payments made at this moment or later.'),
      createdBefore: moment('createdBefore', 'Payments made at this moment or before; a date counts to its end.', true),
    },
    sorts: { createdAt: 'createdAt', updatedAt: 'updatedAt', amount: 'amount' },
  }),
  defineRoute({
    kind: 'item',
    method: 'GET',
    path: '/payments/{paymentId}',
    operationId: 'getPayment',
    tag: 'Payments',
    summary: 'Get a payment',
    scopes: ['payments:read'],
    resource: payment,
    graph: { field: 'payment', argument: 'id', type: 'ID!' },
    param: 'paymentId',
    what: 'payment',
  }),
];
