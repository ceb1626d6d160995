import { instantInUtc } from '@portico/contracts/instants';
import { z } from 'zod';
import { dateTime, integer, json, oneOf } from '../../../rest/declare/fields.ts';
import { anyOfThese, moment } from '../../../rest/declare/parameters.ts';
import { defineResource } from '../../../rest/declare/resource.ts';
import { defineRoute } from '../../../rest/declare/route.ts';
import { EXAMPLE } from '../examples.ts';
import { EVENT_NAMES } from './webhook.ts';

const STATUSES = ['running', 'completed', 'cancelled'];
const SELECTIONS = ['failed', 'missing', 'all'];

const replay = defineResource('WebhookReplay', {
  id: json({ type: ['string', 'null'] }, { example: EXAMPLE.replayId, description: 'Null for a dry run.' }),
  webhookId: json({ type: 'string' }, { graph: 'endpointId', example: EXAMPLE.webhookId }),
  what: oneOf(SELECTIONS, {
    description: 'failed: dead deliveries. missing: events that were never queued. all: both, and what succeeded once more.',
  }),
  since: dateTime(),
  until: dateTime(),
  events: json({ type: 'array', items: { type: 'string' } }, { example: [], description: 'Empty for all.' }),
  status: json({ type: ['string', 'null'], enum: [...STATUSES, null] }, { example: 'running', description: 'Null for a dry run.' }),
  total: integer({ example: 1_200, description: 'How many there were when it was asked for.' }),
  queued: integer({ example: 350, description: 'How many of them were put to work.' }),
  perSecond: integer({ example: 50 }),
  createdAt: dateTime({ nullable: true }),
  updatedAt: dateTime({ nullable: true }),
  completedAt: dateTime({ nullable: true, example: null }),
});

const body = z.strictObject({
  what: z.enum(SELECTIONS),
  since: instantInUtc,
  until: instantInUtc.optional(),
  events: z.array(z.enum(EVENT_NAMES)).max(20).optional(),
  perSecond: z.int().min(1).max(1_000).optional(),
  dryRun: z.boolean().optional().meta({ description: 'Only counts; nothing is created and the status is 200.' }),
});
const base = { tag: 'Webhooks', resource: replay } as const;

export const replayRoutes = [
  defineRoute({
    ...base,
    kind: 'write',
    method: 'POST',
    path: '/webhooks/{webhookId}/replays',
    operationId: 'startReplay',
    summary: 'Send many deliveries again',
    description: 'A job at its own pace, beside live traffic. It goes on after a restart, and can be cancelled.',
    scopes: ['webhooks:write'],
    limit: { limit: 30, windowSeconds: 60 },
    errors: ['NOT_FOUND', 'INVALID_STATE', 'CONFLICT'],
    graph: { field: 'startWebhookReplay', arguments: { endpointId: 'ID!', input: 'StartWebhookReplayInput!' } },
    body,
    bodyExample: { what: 'failed', since: '2026-01-30T00:00:00Z', perSecond: 50 },
    variables: ({ path, body: input }) => ({ endpointId: path.webhookId, input }),
    status: 201,
    location: ({ id }) => (typeof id === 'string' ? `/replays/${id}` : undefined),
    notCreated: 'What a dry run counted.',
  }),
  defineRoute({
    ...base,
    kind: 'list',
    method: 'GET',
    path: '/webhooks/{webhookId}/replays',
    operationId: 'listReplays',
    summary: 'List the replays of a webhook',
    scopes: ['webhooks:read'],
    changing: true,
    errors: ['NOT_FOUND'],
    graph: { field: 'webhookReplays', filterType: 'WebhookReplayFilter', sortType: 'WebhookReplaySort' },
    parent: { param: 'webhookId', graph: 'webhookEndpoint', filter: 'endpointId', what: 'webhook' },
    filters: {
      status: anyOfThese(STATUSES, 'status', 'Replays in one of these states.'),
      createdAfter: moment('createdAfter', 'Replays asked for at this moment or later.'),
      createdBefore: moment('createdBefore', 'Replays asked for at this moment or before; a date counts to its end.', true),
    },
    sorts: { createdAt: 'createdAt' },
  }),
  defineRoute({
    ...base,
    kind: 'item',
    method: 'GET',
    path: '/replays/{replayId}',
    operationId: 'getReplay',
    summary: 'Get a replay and its progress',
    scopes: ['webhooks:read'],
    changing: true,
    graph: { field: 'webhookReplay', argument: 'id', type: 'ID!' },
    param: 'replayId',
    what: 'replay',
  }),
  defineRoute({
    ...base,
    kind: 'write',
    method: 'POST',
    path: '/replays/{replayId}/cancel',
    operationId: 'cancelReplay',
    summary: 'Stop a replay',
    description: 'What it has queued is sent.',
    scopes: ['webhooks:write'],
    errors: ['NOT_FOUND', 'INVALID_STATE'],
    graph: { field: 'cancelWebhookReplay', arguments: { id: 'ID!' } },
    variables: ({ path }) => ({ id: path.replayId }),
    status: 200,
  }),
];
