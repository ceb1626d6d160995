import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import type { ApiVersion } from '@portico/contracts/events/event-shape';
import { tenantProperties } from '@portico/service-kit/database/tenant';
import { sealedJson, sealedText } from '@portico/service-kit/sealing/sealed-columns';
import type { EventFilter } from './filtering/event-filter.ts';

export type EndpointStatus = 'active' | 'paused' | 'disabled';

/** Why an endpoint gets nothing: it never proved itself, it answered 410, it failed for days, or somebody switched it off. */
export type DisabledReason = 'unverified' | 'gone' | 'failing' | 'switched_off';

/** `open`: nothing is sent; `half-open`: one probe is. */
export type Circuit = 'closed' | 'open' | 'half-open';

export const SCHEDULES = ['standard', 'short'] as const;
export type Schedule = (typeof SCHEDULES)[number];

/** Where a partner wants events. Its secrets and headers are only ever stored sealed. */
export const Endpoint = defineEntity({
  name: 'Endpoint',
  tableName: 'endpoint',
  properties: {
    id: p.string().columnType('text').primary(),
    ...tenantProperties,
    url: p.string().columnType('text'),
    description: p.string().columnType('text').nullable(),
    events: p.array<string>().columnType('text[]'),
    filter: p.json<EventFilter>().nullable(),
    apiVersion: p.string().columnType('text').$type<ApiVersion>(),
    status: p.string().columnType('text').$type<EndpointStatus>(),
    disabledReason: p.string().columnType('text').$type<DisabledReason>().nullable(),
    /** Null for one that was never verified: it was never on. */
    disabledAt: p.datetime().length(3).nullable(),
    secret: p.string().columnType('text').fieldName('secret_sealed'),
    /** The oldest of a rotation: what receivers have for sure. */
    previousSecret: p.string().columnType('text').fieldName('previous_secret_sealed').nullable(),
    /** Those that were given and replaced within the overlap. They end when the oldest one does. */
    interimSecrets: p.string().columnType('text').fieldName('interim_secrets_sealed').nullable(),
    previousSecretExpiresAt: p.datetime().length(3).nullable(),
    headers: p.string().columnType('text').fieldName('headers_sealed').nullable(),
    schedule: p.string().columnType('text').$type<Schedule>(),
    /** Attempts per second at most; null is no cap. */
    ratePerSecond: p.integer().nullable(),
    /** Attempts at the same time at most. */
    concurrency: p.integer(),
    verifiedAt: p.datetime().length(3).nullable(),
    verificationFailure: p.json<{ code: string; message: string }>().nullable(),
    gateUntil: p.datetime().length(3).nullable(),
    circuit: p.string().columnType('text').$type<Circuit>(),
    circuitFailures: p.integer(),
    failingSince: p.datetime().length(3).nullable(),
    lastSucceededAt: p.datetime().length(3).nullable(),
    lastFailedAt: p.datetime().length(3).nullable(),
    /** When a delivery ran out of attempts and none has succeeded since. */
    exhaustedAt: p.datetime().length(3).nullable(),
    drainPerSecond: p.integer().nullable(),
    createdAt: p.datetime().length(3),
    updatedAt: p.datetime().length(3),
    version: p.integer().version(),
  },
});
export type Endpoint = InferEntity<typeof Endpoint>;

export const sealedEndpoint = {
  secret: sealedText('webhooks.endpoint.secret'),
  previousSecret: sealedText('webhooks.endpoint.previous_secret'),
  /** Oldest first. */
  interimSecrets: sealedJson<readonly string[]>('webhooks.endpoint.interim_secrets'),
  headers: sealedJson<Readonly<Record<string, string>>>('webhooks.endpoint.headers'),
};
