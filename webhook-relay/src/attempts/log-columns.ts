// The log's columns: what each keeps of an attempt, as PostgreSQL's text, and as what it is stored.
import type { AttemptResult } from './attempt-delivery.ts';

export type Logged = AttemptResult & { readonly attempt: NonNullable<AttemptResult['attempt']> };
type LogColumn = readonly [name: string, type: string, textOf: (result: Logged) => string | Buffer | null];

export const LOG_COLUMNS: readonly LogColumn[] = [
  ['id', 'text', ({ attempt }) => attempt.id],
  ['account_id', 'text', ({ delivery }) => delivery.accountId],
  ['mode', 'text', ({ delivery }) => delivery.mode],
  ['delivery_id', 'text', ({ delivery }) => delivery.id],
  ['endpoint_id', 'text', ({ delivery }) => delivery.endpointId],
  ['event_id', 'text', ({ delivery }) => delivery.eventId],
  ['number', 'int', ({ attempt }) => String(attempt.number)],
  ['outcome', 'text', ({ verdict }) => verdict.kind],
  ['url', 'text', ({ attempt }) => attempt.url],
  ['request_headers', 'jsonb', ({ attempt }) => JSON.stringify(attempt.requestHeaders)],
  ['request_body', 'text', ({ attempt }) => attempt.requestBody],
  ['response_status', 'int', ({ attempt }) => attempt.responseStatus?.toString() ?? null],
  ['response_headers', 'jsonb', ({ attempt }) => (attempt.responseHeaders === null ? null : JSON.stringify(attempt.responseHeaders))],
  ['response_body', 'text', ({ attempt }) => attempt.responseBody],
  ['response_truncated', 'boolean', ({ attempt }) => String(attempt.responseTruncated)],
  ['error_code', 'text', ({ attempt }) => attempt.errorCode],
  ['error_message', 'text', ({ attempt }) => attempt.errorMessage],
  ['timings', 'jsonb', ({ attempt }) => JSON.stringify(attempt.timings)],
  ['duration_ms', 'int', ({ attempt }) => String(attempt.durationMs)],
  ['started_at', 'timestamptz', ({ attempt }) => attempt.startedAt.toISOString()],
];
