import { anyOf, atLeast, atMost } from '@portico/service-kit/reads/filters';
import type { ReadModel } from '@portico/service-kit/reads/read-model';
import { attemptsOf } from './attempt-reads.ts';

export const deliveryReads: ReadModel = {
  table: 'webhooks.delivery',
  unversioned: true,
  columns: {
    id: 't.id',
    endpointId: 't.endpoint_id',
    eventId: 't.event_id',
    eventType: 't.event_type',
    aggregateId: 't.aggregate_id',
    status: 't.status',
    attemptsOfRun: 't.attempts',
    attemptCount: 't.attempts_total',
    nextAttemptAt: 't.next_attempt_at',
    lastError: 't.last_error',
    lastResponseStatus: 't.last_response_status',
    replayId: 't.replay_job_id',
    completedAt: 't.completed_at',
    createdAt: 't.created_at',
    attempts: attemptsOf,
  },
  filters: {
    endpointId: anyOf('t.endpoint_id'),
    eventId: anyOf('t.event_id'),
    eventType: anyOf('t.event_type'),
    status: anyOf('t.status'),
    createdAfter: atLeast('t.created_at'),
    createdBefore: atMost('t.created_at'),
  },
  sorts: { createdAt: 't.created_at' },
};
