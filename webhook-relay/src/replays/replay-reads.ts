import { anyOf, atLeast, atMost } from '@portico/service-kit/reads/filters';
import type { ReadModel } from '@portico/service-kit/reads/read-model';

/** Jobs move on by themselves, which raises nothing. */
export const replayReads: ReadModel = {
  table: 'webhooks.replay_job',
  unversioned: true,
  columns: {
    id: 't.id',
    endpointId: 't.endpoint_id',
    what: `t.selection ->> 'what'`,
    since: `t.selection ->> 'since'`,
    until: `t.selection ->> 'until'`,
    events: `t.selection -> 'events'`,
    status: 't.status',
    total: 't.total',
    queued: 't.queued',
    perSecond: 't.per_second',
    createdAt: 't.created_at',
    updatedAt: 't.updated_at',
    completedAt: 't.completed_at',
    version: 't.version',
  },
  filters: {
    endpointId: anyOf('t.endpoint_id'),
    status: anyOf('t.status'),
    createdAfter: atLeast('t.created_at'),
    createdBefore: atMost('t.created_at'),
  },
  sorts: { createdAt: 't.created_at' },
};
