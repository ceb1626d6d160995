import { joinedField } from '@portico/service-kit/reads/joined-field';
import { listOf, oneById, referenceTo } from '@portico/service-kit/reads/model-fields';
import { withField } from '@portico/service-kit/reads/read-references';
import type { Row } from '@portico/service-kit/reads/reads';
import { selectionOf } from '@portico/service-kit/reads/selection';
import { needs, type ReferenceResolver, type References, type Resolvers } from '@portico/service-kit/subgraph/build-schema';
import { chargeOrder } from './charges/charge-order.ts';
import type { Charging } from './charges/charging.ts';
import { closeUnpaidOrder } from './charges/close-unpaid-order.ts';
import { payOrder } from './charges/pay-order.ts';
import { NEWEST_FIRST, paymentReads } from './payment-reads.ts';
import { recordPayment } from './record-payment.ts';
import { settleRecordedPayment } from './settle-recorded-payment.ts';
import { type GivenCallback, receiveCallback } from './settling/receive-callback.ts';
import { refundOrder } from './settling/refund-order.ts';

type Input = { input: unknown };

const VOIDED = 'The order was not placed.';

const orderPayments: ReferenceResolver = {
  scope: 'payments:read',
  // The payments of all orders of a page in one statement.
  async resolve(context, representations, selection) {
    const ids = representations.map(({ id }) => String(id));
    const asked = selection.get('payments');
    if (asked === undefined) return ids.map((id) => ({ id }));
    const rows = await context.reads.many(paymentReads, context.caller, 't.order_id', ids, withField(asked, 'orderId'), NEWEST_FIRST);
    const byOrder = Map.groupBy(rows, (row) => row.orderId);
    return ids.map((id) => ({ id, payments: byOrder.get(id) ?? [] }));
  },
};

export function createResolvers(charging: Charging): Resolvers {
  return {
    Query: {
      payments: listOf(paymentReads, 'payments:read'),
      payment: oneById(paymentReads, 'payment', 'payments:read'),
    },
    Mutation: {
      recordPayment: needs('payments:write', (_, { input }: Input, context, info) => recordPayment(context, input, selectionOf(info))),
      settleRecordedPayment: needs('payments:write', (_, { input }: Input, context) => settleRecordedPayment(context, input)),
      chargeOrder: needs('payments:write', (_, { input }: Input, context) => chargeOrder(context, charging, input)),
      payOrder: needs('payments:write', (_, { input }: Input, context) => payOrder(context, charging, input)),
      refundOrder: needs('payments:write', (_, given: { orderId: string; reason?: string | null }, context, info) =>
        refundOrder(context, charging, given, selectionOf(info)),
      ),
      voidCharge: needs('payments:write', (_, { orderId }: { orderId: string }, context, info) =>
        refundOrder(context, charging, { orderId, reason: VOIDED }, selectionOf(info)),
      ),
      closeUnpaidOrder: needs('payments:write', (_, { orderId }: { orderId: string }, context) => closeUnpaidOrder(context, orderId)),
      receiveProviderCallback: needs('payments:write', (_, given: GivenCallback, context) => receiveCallback(context, charging, given)),
    },
    Payment: { order: ({ orderId }: Row) => ({ id: orderId }) },
    Order: { payments: joinedField('payments', orderPayments) },
  };
}

export const references: References = { Payment: referenceTo(paymentReads, 'payments:read'), Order: orderPayments };
