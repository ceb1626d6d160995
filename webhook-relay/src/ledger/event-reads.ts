import { anyOf, atLeast, atMost } from '@portico/service-kit/reads/filters';
import type { ReadModel } from '@portico/service-kit/reads/read-model';

/** The relay takes events in without a request of the tenant, so nothing raises the data version. */
export const eventReads: ReadModel = {
  table: 'webhooks.event',
  unversioned: true,
  columns: {
    id: 't.id',
    type: 't.type',
    aggregateId: 't.aggregate_id',
    requestId: 't.request_id',
    data: ['id', 'type', 'occurredAt', 'payload'],
    payload: 't.payload',
    occurredAt: 't.occurred_at',
    receivedAt: 't.received_at',
  },
  filters: {
    type: anyOf('t.type'),
    aggregateId: anyOf('t.aggregate_id'),
    createdAfter: atLeast('t.occurred_at'),
    createdBefore: atMost('t.occurred_at'),
  },
  sorts: { createdAt: 't.occurred_at' },
};
