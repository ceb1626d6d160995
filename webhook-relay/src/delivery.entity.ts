import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { tenantProperties } from '@portico/service-kit/database/tenant';

/** `dead`: the schedule ran out. Whether a pending one is held back by a paused endpoint is told by the endpoint. */
export type DeliveryStatus = 'pending' | 'succeeded' | 'dead' | 'cancelled';

/** One event on its way to one endpoint. Worked on by plain statements in batches; the entity is for single changes. */
export const Delivery = defineEntity({
  name: 'Delivery',
  tableName: 'delivery',
  properties: {
    id: p.string().columnType('text').primary(),
    ...tenantProperties,
    eventId: p.string().columnType('text'),
    endpointId: p.string().columnType('text'),
    eventType: p.string().columnType('text'),
    aggregateId: p.string().columnType('text'),
    status: p.string().columnType('text').$type<DeliveryStatus>(),
    attempts: p.integer(),
    attemptsTotal: p.integer(),
    nextAttemptAt: p.datetime().length(3).nullable(),
    replayJobId: p.string().columnType('text').nullable(),
    lastError: p.string().columnType('text').nullable(),
    lastResponseStatus: p.integer().nullable(),
    completedAt: p.datetime().length(3).nullable(),
    createdAt: p.datetime().length(3),
  },
});
export type Delivery = InferEntity<typeof Delivery>;
