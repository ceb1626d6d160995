import { dateTime, id, integer, join, json, oneOf, part, text } from '../../../rest/declare/fields.ts';
import { anyId, anyOfThese, moment } from '../../../rest/declare/parameters.ts';
import { defineResource, type Resource } from '../../../rest/declare/resource.ts';
import { defineRoute } from '../../../rest/declare/route.ts';
import { EXAMPLE } from '../examples.ts';
import { EVENT_NAMES, problem, request, response, timings } from './webhook.ts';

const STATUSES = ['pending', 'succeeded', 'dead', 'cancelled'];

const attempt: Resource = defineResource(
  'WebhookAttempt',
  {
    id: id('attempt', { example: 'att_01kb3p8vd1fwx7n3k5c2h9r4tb' }),
    number: integer({ example: 1, description: 'From 1, over all runs of the delivery.' }),
    outcome: text({ example: 'succeeded' }),
    request: part(() => request, { description: 'What was sent, with secrets masked; the first 64 KiB of the body.' }),
    response: part(() => response, { nullable: true, description: 'What came back.' }),
    error: part(() => problem, { nullable: true, description: 'Why nothing came back.' }),
    timings: part(() => timings, { description: 'Milliseconds.' }),
    durationMs: integer({ example: 42 }),
    startedAt: dateTime(),
  },
  { versioned: false },
);

const fields = {
  id: id('delivery', { example: EXAMPLE.deliveryId }),
  webhookId: id('webhook', { graph: 'endpointId', example: EXAMPLE.webhookId }),
  eventId: id('event', { example: EXAMPLE.eventId }),
  event: oneOf(EVENT_NAMES, { graph: 'eventType' }),
  status: oneOf(STATUSES, {
    description: 'pending: waits, is held, or will be tried again. dead: the schedule ran out. cancelled: the webhook was deleted.',
  }),
  attemptCount: integer({ example: 1 }),
  nextAttemptAt: dateTime({ nullable: true, description: 'Null when it is over, and while it waits in a long line of its object.' }),
  lastError: text({ nullable: true, example: null }),
  lastResponseStatus: integer({ nullable: true, example: 200 }),
  replayId: json({ type: ['string', 'null'] }, { example: null, description: 'The replay that last queued it.' }),
  createdAt: dateTime(),
  completedAt: dateTime({ nullable: true }),
};
const NEWEST = 'Its attempts, newest first, at most 50.';

const delivery = defineResource(
  'WebhookDelivery',
  { ...fields, attempts: join(() => attempt, 'webhooks:read', { many: true, description: NEWEST }) },
  { versioned: false },
);
const deliveryWithAttempts = defineResource(
  'WebhookDeliveryWithAttempts',
  { ...fields, attempts: part(() => attempt, { many: true, description: NEWEST }) },
  { versioned: false },
);

const period = {
  createdAfter: moment('createdAfter', 'Made at this moment or later.'),
  createdBefore: moment('createdBefore', 'Made at this moment or before; a date counts to its end.', true),
};
const base = { tag: 'Webhooks', changing: true } as const;

export const deliveryRoutes = [
  defineRoute({
    ...base,
    kind: 'list',
    method: 'GET',
    path: '/webhooks/{webhookId}/deliveries',
    operationId: 'listWebhookDeliveries',
    summary: 'List the deliveries of a webhook',
    description: 'Those of the last 30 days.',
    scopes: ['webhooks:read'],
    errors: ['NOT_FOUND'],
    resource: delivery,
    graph: { field: 'webhookDeliveries', filterType: 'WebhookDeliveryFilter', sortType: 'WebhookDeliverySort' },
    parent: { param: 'webhookId', graph: 'webhookEndpoint', filter: 'endpointId', what: 'webhook' },
    filters: {
      status: anyOfThese(STATUSES, 'status', 'Deliveries in one of these states.'),
      event: anyOfThese(EVENT_NAMES, 'eventType', 'Deliveries of one of these event types.'),
      eventId: anyId('event', 'eventId', 'Deliveries of one of these events.'),
      ...period,
    },
    sorts: { createdAt: 'createdAt' },
  }),
  defineRoute({
    ...base,
    kind: 'list',
    method: 'GET',
    path: '/events/{eventId}/deliveries',
    operationId: 'listEventDeliveries',
    summary: 'List the deliveries of an event',
    description: 'Which webhooks got it and what became of that, those of webhooks that were deleted included.',
    scopes: ['webhooks:read', 'events:read'],
    errors: ['NOT_FOUND'],
    resource: delivery,
    graph: { field: 'webhookDeliveries', filterType: 'WebhookDeliveryFilter', sortType: 'WebhookDeliverySort' },
    parent: { param: 'eventId', graph: 'event', filter: 'eventId', what: 'event' },
    filters: { status: anyOfThese(STATUSES, 'status', 'Deliveries in one of these states.'), ...period },
    sorts: { createdAt: 'createdAt' },
  }),
  defineRoute({
    ...base,
    kind: 'item',
    method: 'GET',
    path: '/deliveries/{deliveryId}',
    operationId: 'getDelivery',
    summary: 'Get a delivery with its attempts',
    scopes: ['webhooks:read'],
    resource: deliveryWithAttempts,
    graph: { field: 'webhookDelivery', argument: 'id', type: 'ID!' },
    param: 'deliveryId',
    what: 'delivery',
  }),
  defineRoute({
    ...base,
    kind: 'list',
    method: 'GET',
    path: '/deliveries/{deliveryId}/attempts',
    operationId: 'listDeliveryAttempts',
    summary: 'List the attempts of a delivery',
    scopes: ['webhooks:read'],
    errors: ['NOT_FOUND'],
    resource: attempt,
    graph: { field: 'webhookAttempts', filterType: 'WebhookAttemptFilter', sortType: 'WebhookAttemptSort' },
    parent: { param: 'deliveryId', graph: 'webhookDelivery', filter: 'deliveryId', what: 'delivery' },
    filters: period,
    sorts: { createdAt: 'createdAt' },
  }),
  defineRoute({
    tag: 'Webhooks',
    kind: 'write',
    method: 'POST',
    path: '/deliveries/{deliveryId}/replay',
    operationId: 'replayDelivery',
    summary: 'Send a delivery again',
    description: 'Whatever became of it. The receiver gets the same event id as before.',
    scopes: ['webhooks:write'],
    errors: ['NOT_FOUND', 'INVALID_STATE', 'CONFLICT'],
    resource: delivery,
    graph: { field: 'replayWebhookDelivery', arguments: { id: 'ID!' } },
    variables: ({ path }) => ({ id: path.deliveryId }),
    status: 200,
  }),
];
