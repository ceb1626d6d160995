// The log of attempts, read by itself or inside its delivery's row.
import { anyOf, atLeast, atMost } from '@portico/service-kit/reads/filters';
import type { Column, ReadModel } from '@portico/service-kit/reads/read-model';
import type { Selection } from '@portico/service-kit/reads/selection';

/** Columns by field; objects of the type are made from several. */
const COLUMNS: Readonly<Record<string, string>> = {
  id: 'id',
  deliveryId: 'delivery_id',
  endpointId: 'endpoint_id',
  eventId: 'event_id',
  number: 'number',
  outcome: 'outcome',
  url: 'url',
  requestHeaders: 'request_headers',
  requestBody: 'request_body',
  responseStatus: 'response_status',
  responseHeaders: 'response_headers',
  responseBody: 'response_body',
  responseTruncated: 'response_truncated',
  errorCode: 'error_code',
  errorMessage: 'error_message',
  timings: 'timings',
  durationMs: 'duration_ms',
  startedAt: 'started_at',
};
const OBJECTS: Readonly<Record<string, readonly string[]>> = {
  request: ['url', 'requestHeaders', 'requestBody'],
  response: ['responseStatus', 'responseHeaders', 'responseBody', 'responseTruncated'],
  error: ['errorCode', 'errorMessage'],
};
/** Newest first. A delivery has five attempts, or a multiple of that when it was replayed. */
const SHOWN_MAX = 50;

export const attemptReads: ReadModel = {
  table: 'webhooks.attempt',
  unversioned: true,
  columns: { ...mapValues(COLUMNS, (column): Column => `t.${column}`), ...OBJECTS },
  filters: {
    deliveryId: anyOf('t.delivery_id'),
    endpointId: anyOf('t.endpoint_id'),
    createdAfter: atLeast('t.started_at'),
    createdBefore: atMost('t.started_at'),
  },
  sorts: { createdAt: 't.started_at' },
};

/** SQL of a delivery's attempts (its alias is `t`) as a JSON list: deliveries with their logs are one statement. */
export function attemptsOf(selection: Selection): string {
  const names = [...selection.keys()].flatMap((name) => OBJECTS[name] ?? [name]).filter((name) => Object.hasOwn(COLUMNS, name));
  const pairs = [...new Set(names)].sort().map((name) => `'${name}', a.${COLUMNS[name]}`);
  const newest = `select * from webhooks.attempt x where x.account_id = t.account_id and x.mode = t.mode and x.delivery_id = t.id order by x.started_at desc, x.id desc limit ${SHOWN_MAX}`;
  return `(select coalesce(json_agg(json_build_object(${pairs.join(', ')}) order by a.started_at desc, a.id desc), '[]') from (${newest}) a)`;
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, to: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]));
}
