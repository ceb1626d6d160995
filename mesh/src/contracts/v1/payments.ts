import { z } from 'zod';
import { amount } from '../../rest/declare/amount.ts';
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
  reference: text({
    nullable: true,
    example: 'INV-2026-0042',
    description: "The payer's or the bank's; for a charge, the provider's id of it.",
  }),
  provider: text({
    nullable: true,
    example: null,
    description: 'Who charged: `sandbox` or `stripe`. Null for a payment that was settled elsewhere.',
  }),
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
    kind: 'write',
    method: 'POST',
    path: '/orders/{orderId}/payments',
    operationId: 'createOrderPayment',
    tag: 'Payments',
    summary: 'Pay an order',
    description:
      'Charges what is due on the order, or the given part of it. `pending` means that the provider has not decided yet: the payment changes by ' +
      'itself, and `payment.received` or `payment.failed` tells it. In test mode `paymentMethod` is a test token: `tok_visa` succeeds, ' +
      '`tok_declined` and `tok_insufficient_funds` are declined, `tok_pending` is decided later.',
    scopes: ['payments:write', 'orders:read'],
    limit: { limit: 100, windowSeconds: 60 },
    errors: ['NOT_FOUND', 'PAYMENT_FAILED', 'INVALID_STATE'],
    resource: payment,
    graph: { field: 'payOrder', arguments: { input: 'PayOrderInput!' } },
    body: z.strictObject({
      paymentMethod: z.string().min(1).max(255).meta({ description: "The provider's token for the card." }),
      amount: amount(z.number().positive()).optional().meta({ description: "In the order's currency; all that is due without it." }),
    }),
    bodyExample: { paymentMethod: 'tok_visa' },
    variables: ({ path, body }) => ({ input: { ...(body as object), orderId: path.orderId } }),
    status: 201,
    location: (created) => `/payments/${created.id}`,
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
