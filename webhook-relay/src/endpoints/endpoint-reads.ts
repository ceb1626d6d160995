import { anyOf, atLeast, atMost, custom } from '@portico/service-kit/reads/filters';
import type { ReadModel } from '@portico/service-kit/reads/read-model';
import { ALL_EVENTS } from './endpoint-input.ts';

/** There is no column for the secret: a read cannot show it. */
export const endpointReads: ReadModel = {
  table: 'webhooks.endpoint',
  // Health changes with every burst of attempts, which raises nothing.
  unversioned: true,
  columns: {
    id: 't.id',
    url: 't.url',
    description: 't.description',
    events: 't.events',
    filter: 't.filter',
    apiVersion: 't.api_version',
    status: 't.status',
    disabledReason: 't.disabled_reason',
    disabledAt: 't.disabled_at',
    previousSecretExpiresAt: 't.previous_secret_expires_at',
    headerNames: ['id', 'headersSealed'],
    headersSealed: 't.headers_sealed',
    schedule: 't.schedule',
    ratePerSecond: 't.rate_per_second',
    concurrency: 't.concurrency',
    verifiedAt: 't.verified_at',
    verificationFailure: 't.verification_failure',
    health: ['circuit', 'gateUntil', 'failingSince', 'lastSucceededAt', 'lastFailedAt'],
    circuit: `replace(t.circuit, '-', '_')`,
    gateUntil: 't.gate_until',
    failingSince: 't.failing_since',
    lastSucceededAt: 't.last_succeeded_at',
    lastFailedAt: 't.last_failed_at',
    drainPerSecond: 't.drain_per_second',
    createdAt: 't.created_at',
    updatedAt: 't.updated_at',
    version: 't.version',
  },
  filters: {
    status: anyOf('t.status'),
    ids: anyOf('t.id'),
    event: custom(
      (p) => `t.events && ${p}`,
      (names) => [...(names as readonly string[]), ALL_EVENTS],
    ),
    createdAfter: atLeast('t.created_at'),
    createdBefore: atMost('t.created_at'),
  },
  sorts: { createdAt: 't.created_at', updatedAt: 't.updated_at', status: 't.status' },
};
