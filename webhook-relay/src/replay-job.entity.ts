import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { tenantProperties } from '@portico/service-kit/database/tenant';

export type ReplayStatus = 'running' | 'completed' | 'cancelled';

/** `failed`: dead deliveries. `missing`: events that were never queued for the endpoint. `all`: every event. Times are ISO 8601. */
export type ReplaySelection = {
  readonly what: 'failed' | 'missing' | 'all';
  readonly since: string;
  readonly until: string;
  readonly events: readonly string[];
};

/** A bulk replay: goes on where it was after a restart, at its own pace. */
export const ReplayJob = defineEntity({
  name: 'ReplayJob',
  tableName: 'replay_job',
  properties: {
    id: p.string().columnType('text').primary(),
    ...tenantProperties,
    endpointId: p.string().columnType('text'),
    selection: p.json<ReplaySelection>(),
    status: p.string().columnType('text').$type<ReplayStatus>(),
    /** Counted when it was asked for. */
    total: p.integer(),
    queued: p.integer(),
    cursor: p.string().columnType('text').nullable(),
    perSecond: p.integer(),
    createdAt: p.datetime().length(3),
    updatedAt: p.datetime().length(3),
    completedAt: p.datetime().length(3).nullable(),
    version: p.integer().version(),
  },
});
export type ReplayJob = InferEntity<typeof ReplayJob>;
