import { bodySchema } from '@portico/contracts/events/body-schema';
import { always, dateTime, id, json, oneOf } from '../../../rest/declare/fields.ts';
import { anyOfThese, anyText, moment } from '../../../rest/declare/parameters.ts';
import { defineResource } from '../../../rest/declare/resource.ts';
import { defineRoute } from '../../../rest/declare/route.ts';
import { EXAMPLE } from '../examples.ts';
import { EVENT_NAMES } from './webhook.ts';

/** Field for field the body that a webhook of this version gets. */
const event = defineResource(
  'Event',
  {
    id: id('event', { example: EXAMPLE.eventId }),
    event: oneOf(EVENT_NAMES, { graph: 'type', example: 'order.created' }),
    apiVersion: always('1'),
    timestamp: dateTime({ graph: 'occurredAt', description: 'When it happened.' }),
    data: json({ type: 'object' }, { example: { id: EXAMPLE.orderId, status: 'pending', total: 59.98, currency: 'USD' } }),
  },
  { versioned: false },
);

const base = { tag: 'Events', resource: event, changing: true } as const;

export const eventRoutes = [
  defineRoute({
    ...base,
    kind: 'list',
    method: 'GET',
    path: '/events',
    operationId: 'listEvents',
    summary: 'List events',
    description: 'Every event of the last 30 days, as a webhook gets it, whether or not there is one.',
    scopes: ['events:read'],
    graph: { field: 'events', filterType: 'EventFilter', sortType: 'EventSort' },
    filters: {
      event: anyOfThese(EVENT_NAMES, 'type', 'Events of one of these types.'),
      objectId: anyText('aggregateId', 'Events about one of these orders, payments, items or customers.'),
      createdAfter: moment('createdAfter', 'Events of this moment or later.'),
      createdBefore: moment('createdBefore', 'Events of this moment or before; a date counts to its end.', true),
    },
    sorts: { createdAt: 'createdAt' },
  }),
  defineRoute({
    ...base,
    kind: 'item',
    method: 'GET',
    path: '/events/{eventId}',
    operationId: 'getEvent',
    summary: 'Get an event',
    scopes: ['events:read'],
    graph: { field: 'event', argument: 'id', type: 'ID!' },
    param: 'eventId',
    what: 'event',
  }),
  defineRoute({
    kind: 'custom',
    method: 'GET',
    path: '/event-types',
    operationId: 'listEventTypes',
    tag: 'Events',
    summary: 'List event types',
    description: 'What a webhook can get, with the JSON Schema of its body in each version.',
    scopes: ['events:read'],
    parameters: {},
    answerSchema: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'summary', 'version', 'subscribable', 'schemas'],
        properties: {
          name: { type: 'string' },
          summary: { type: 'string' },
          version: { type: 'integer', description: 'Of the payload.' },
          subscribable: { type: 'boolean', description: 'Whether a webhook can ask for it; `webhook.test` comes unasked.' },
          schemas: {
            type: 'object',
            description: 'JSON Schema (2020-12) by version of the API.',
            additionalProperties: { type: 'object' },
          },
        },
      },
    },
    example: () => [
      {
        name: 'order.created',
        summary: 'An order was placed.',
        version: 1,
        subscribable: true,
        schemas: { '1': bodySchema('order.created', '1') },
      },
    ],
    run: async ({ ask }) => {
      const { webhookEventTypes } = await ask<{ webhookEventTypes: unknown }>(
        'query v1_listEventTypes { webhookEventTypes { name summary version subscribable schemas } }',
        {},
      );
      return webhookEventTypes;
    },
  }),
];
