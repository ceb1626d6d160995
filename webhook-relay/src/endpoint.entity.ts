import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { tenantProperties } from '@portico/service-kit/database/tenant';
import { sealedJson, sealedText } from '@portico/service-kit/sealing/sealed-columns';

export const ENDPOINT_STATUSES = ['active', 'paused', 'disabled'] as const;
export type EndpointStatus = (typeof ENDPOINT_STATUSES)[number];

/** Why an endpoint gets nothing: it never proved itself, it answered 410, it failed for days, or somebody switched it off. */
export const DISABLED_REASONS = ['unverified', 'gone', 'failing', 'switched_off'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

export const SCHEDULES = ['standard', 'short'] as const;
export type Schedule = (typeof SCHEDULES)[number];

/** Dot path of a payload's field → values of which it must have one. */
export type EndpointFilter = Readonly<Record<string, readonly (string | number | boolean)[]>>;

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
    filter: p.json<EndpointFilter>().nullable(),
    apiVersion: p.string().columnType('text').$type<'1' | '2'>(),
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
    circuit: p.string().columnType('text').$type<'closed' | 'open' | 'half-open'>(),
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
