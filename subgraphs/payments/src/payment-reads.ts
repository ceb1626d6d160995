import { anyOf, atLeast, atMost } from '@portico/service-kit/reads/filters';
import type { ReadModel } from '@portico/service-kit/reads/read-model';

/** SQL behind WHERE. */
export const NEWEST_FIRST = 'order by t.created_at desc, t.id desc';

export const paymentReads: ReadModel = {
  table: 'payments.payment',
  columns: {
    id: 't.id',
    orderId: 't.order_id',
    order: ['orderId'],
    amount: 't.amount',
    currency: 't.currency',
    status: 't.status',
    method: 't.method',
    failureReason: 't.failure_reason',
    reference: 't.reference',
    provider: 't.provider',
    createdAt: 't.created_at',
    updatedAt: 't.updated_at',
    version: 't.version',
  },
  filters: {
    orderId: anyOf('t.order_id'),
    status: anyOf('t.status'),
    currency: anyOf('t.currency'),
    createdAfter: atLeast('t.created_at'),
    createdBefore: atMost('t.created_at'),
  },
  sorts: { createdAt: 't.created_at', updatedAt: 't.updated_at', amount: 't.amount' },
};
