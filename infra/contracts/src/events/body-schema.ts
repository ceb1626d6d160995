// The JSON schema of what arrives at an endpoint: derived from the schema that the producer's payload is checked against, so the two cannot part.
import { AMOUNT_PATTERN } from '../money.ts';
import { type ApiVersion, type Field, type JsonSchema, type Shape, shapeOf } from './event-shape.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const MONEY: Readonly<Record<ApiVersion, JsonSchema>> = {
  '1': { type: 'number', description: 'In the unit of `currency`, with its digits.' },
  '2': {
    type: 'string',
    pattern: AMOUNT_PATTERN,
    description: 'Decimal, in the unit of `currency`, with all its digits.',
  },
};
const EVENT_ID: JsonSchema = {
  type: 'string',
  description: 'The same for every attempt: what a receiver has seen it need not process again.',
};
const TIMESTAMP: JsonSchema = { type: 'string', format: 'date-time', description: 'When it happened, not when it was sent.' };

/** JSON schema (2020-12) of the body. Throws for an event type that does not exist. */
export function bodySchema(eventType: string, apiVersion: ApiVersion): JsonSchema {
  const { event, shape } = shapeOf(eventType);
  const object = shown(shape, apiVersion);
  const head = { $schema: DIALECT, title: eventType, description: event.summary };
  if (apiVersion === '1') {
    const properties = { id: EVENT_ID, event: { const: eventType }, apiVersion: { const: '1' }, timestamp: TIMESTAMP, data: object };
    return { ...head, ...complete(properties) };
  }
  const changes: Record<string, JsonSchema> =
    event.previous === undefined ? {} : { changes: changesSchema(Object.keys(event.previous), shape) };
  const data = complete({ object_type: { const: event.subject }, object_id: { type: 'string' }, ...changes, object });
  return { ...head, ...complete({ event_id: EVENT_ID, event_type: { const: eventType }, timestamp: TIMESTAMP, data }) };
}

function shown(shape: Shape, version: ApiVersion): JsonSchema {
  if (shape.kind === 'money') return MONEY[version];
  if (shape.kind === 'list') return { ...withoutDialect(shape.schema), items: shown(shape.item, version) };
  if (shape.kind === 'plain') return withoutDialect(shape.schema);
  const nameOf = (field: Field): string => field.names[version];
  return {
    type: 'object',
    properties: Object.fromEntries(shape.fields.map((field) => [nameOf(field), shown(field.shape, version)])),
    required: shape.fields.filter(({ required }) => required).map(nameOf),
  };
}

/** One entry for each field that has moved; none where something else changed. */
function changesSchema(fields: readonly string[], shape: Shape): JsonSchema {
  const found = shape.kind === 'object' ? shape.fields.filter(({ name }) => fields.includes(name)) : [];
  const moved = found.map((field) => {
    const value = shown(field.shape, '2');
    return [field.names['2'], complete({ previous: value, current: value })] as const;
  });
  return { type: 'object', properties: Object.fromEntries(moved), description: 'Fields with another value than before.' };
}

/** All properties are there. More may come in later releases, so they are not forbidden. */
function complete(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties) };
}

function withoutDialect({ $schema: _dialect, ...rest }: JsonSchema): JsonSchema {
  return rest;
}
