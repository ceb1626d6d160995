// What arrives at an endpoint of one event, in the version that the endpoint is pinned to. Only fields of the schema are shown, in the schema's order.
import { toDecimal, toDecimalText } from '../money.ts';
import { type ApiVersion, type Shape, shapeOf } from './event-shape.ts';

export type EventToShow = {
  readonly id: string;
  readonly type: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly occurredAt: string;
  /** As the event's schema has it: camelCase, amounts in minor units. */
  readonly payload: unknown;
};

/** Throws for an event type that does not exist: what comes from the bus was checked against the catalogue. */
export function eventBody(event: EventToShow, apiVersion: ApiVersion): unknown {
  return apiVersion === '1' ? bodyOfV1(event) : bodyOfV2(event);
}

function bodyOfV1({ id, type, occurredAt, payload: given }: EventToShow): unknown {
  const payload = recordOf(given);
  return { id, event: type, apiVersion: '1', timestamp: occurredAt, data: show(payload, shapeOf(type).shape, '1', currencyOf(payload)) };
}

function bodyOfV2({ id, type, occurredAt, payload: given }: EventToShow): unknown {
  const payload = recordOf(given);
  const { event, shape } = shapeOf(type);
  const about = { object_type: event.subject, object_id: payload[event.subjectId ?? 'id'] };
  const changes = event.previous === undefined ? {} : { changes: changesOf(payload, event.previous) };
  const object = show(payload, shape, '2', currencyOf(payload));
  return { event_id: id, event_type: type, timestamp: occurredAt, data: { ...about, ...changes, object } };
}

function show(value: unknown, shape: Shape, version: ApiVersion, currency: string): unknown {
  if (value === null || value === undefined || shape.kind === 'plain') return value;
  if (shape.kind === 'money') return version === '1' ? toDecimal(Number(value), currency) : toDecimalText(Number(value), currency);
  if (shape.kind === 'list') return Array.isArray(value) ? value.map((item) => show(item, shape.item, version, currency)) : value;
  const record = recordOf(value);
  const shown: Record<string, unknown> = {};
  for (const { name, names, shape: of } of shape.fields) shown[names[version]] = show(record[name], of, version, currency);
  return shown;
}

/** The fields that have another value than before. Empty where something changed that events do not carry, as an address. */
function changesOf(payload: Readonly<Record<string, unknown>>, previous: Readonly<Record<string, string>>): Record<string, unknown> {
  const moved = Object.entries(previous).filter(([field, before]) => payload[field] !== payload[before]);
  return Object.fromEntries(moved.map(([field, before]) => [field, { previous: payload[before], current: payload[field] }]));
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  // Payloads are objects by their schemas; a list or a text would show as an empty one.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function currencyOf(payload: Readonly<Record<string, unknown>>): string {
  return typeof payload.currency === 'string' ? payload.currency : '';
}
