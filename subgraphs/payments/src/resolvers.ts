import { isId } from '@portico/contracts/ids';
import { type ListArguments, readPage } from '@portico/service-kit/reads/read-page';
import { readReferences, withField } from '@portico/service-kit/reads/read-references';
import type { Row } from '@portico/service-kit/reads/reads';
import { selectionOf } from '@portico/service-kit/reads/selection';
import { needs, type References, type Resolvers } from '@portico/service-kit/subgraph/build-schema';
import { paymentReads } from './payment-reads.ts';
import { recordPayment } from './record-payment.ts';

export const resolvers: Resolvers = {
  Query: {
    payments: needs('payments:read', (_, args: ListArguments, context, info) => readPage(context, paymentReads, args, info)),
    payment: needs('payments:read', (_, { id }: { id: string }, context, info) =>
      isId('payment', id) ? context.reads.one(paymentReads, context.caller, 't.id', id, selectionOf(info)) : null,
    ),
  },
  Mutation: {
    recordPayment: needs('payments:write', (_, { input }: { input: unknown }, context, info) =>
      recordPayment(context, input, selectionOf(info)),
    ),
  },
  Payment: { order: ({ orderId }: Row) => ({ id: orderId }) },
};

const NEWEST_FIRST = 'order by t.created_at desc, t.id desc';

export const references: References = {
  Payment: {
    scope: 'payments:read',
    resolve: (context, representations, selection) => readReferences(context, paymentReads, representations, selection),
  },
  Order: {
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
  },
};
