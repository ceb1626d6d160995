import { API_VERSIONS } from '@portico/contracts/events/event-shape';
import { z } from 'zod';
import { anyOfThese, moment } from '../../../rest/declare/parameters.ts';
import { defineRoute, type WriteInput } from '../../../rest/declare/route.ts';
import { EVENT_NAMES, WEBHOOK_STATUSES, webhook, webhookTest, webhookWithSecret } from './webhook.ts';

const writable = z.strictObject({
  url: z.string().max(2_048).meta({ description: 'https, port 443 or 8443, a public address.' }),
  events: z
    .array(z.enum([...EVENT_NAMES, '*']))
    .min(1)
    .max(20),
  description: z.string().max(500).nullish(),
  filter: z
    .record(
      z.string().max(200),
      z
        .array(z.union([z.string(), z.number(), z.boolean()], 'It must be a text, a number, true or false.'))
        .min(1)
        .max(100),
    )
    .nullish(),
  apiVersion: z
    .enum(API_VERSIONS)
    .nullish()
    .meta({ description: 'Whose body it gets; that of the version of this request when it is not given.' }),
  headers: z
    .record(z.string().max(100), z.string().max(4_096))
    .nullish()
    .meta({ description: 'At most 20, 4 KiB together. They are stored encrypted and never shown; a PUT without them keeps them.' }),
  schedule: z.enum(['standard', 'short']).nullish(),
  ratePerSecond: z.int().min(1).max(1_000).nullish(),
  concurrency: z.int().min(1).max(100).nullish(),
});
const registration = writable.extend({ secret: z.string().max(256).optional().meta({ description: 'Made when it is not given.' }) });

const UNSET = { description: null, filter: null, schedule: null, ratePerSecond: null, concurrency: null };
const bodyExample = { url: 'https://partner.example/hooks', events: ['order.created', 'order.updated'] };
const base = { tag: 'Webhooks', resource: webhook } as const;

export const manageWebhookRoutes = [
  defineRoute({
    ...base,
    kind: 'list',
    method: 'GET',
    path: '/webhooks',
    operationId: 'listWebhooks',
    summary: 'List webhooks',
    scopes: ['webhooks:read'],
    changing: true,
    graph: { field: 'webhookEndpoints', filterType: 'WebhookEndpointFilter', sortType: 'WebhookEndpointSort' },
    filters: {
      status: anyOfThese(WEBHOOK_STATUSES, 'status', 'Webhooks in one of these states.'),
      event: anyOfThese(EVENT_NAMES, 'event', 'Webhooks that get one of these event types.'),
      createdAfter: moment('createdAfter', 'Webhooks made at this moment or later.'),
      createdBefore: moment('createdBefore', 'Webhooks made at this moment or before; a date counts to its end.', true),
    },
    sorts: { createdAt: 'createdAt', updatedAt: 'updatedAt', status: 'status' },
  }),
  defineRoute({
    ...base,
    kind: 'item',
    method: 'GET',
    path: '/webhooks/{webhookId}',
    operationId: 'getWebhook',
    summary: 'Get a webhook',
    scopes: ['webhooks:read'],
    changing: true,
    graph: { field: 'webhookEndpoint', argument: 'id', type: 'ID!' },
    param: 'webhookId',
    what: 'webhook',
  }),
  defineRoute({
    ...base,
    resource: webhookWithSecret,
    kind: 'write',
    method: 'POST',
    path: '/webhooks',
    operationId: 'createWebhook',
    summary: 'Register a webhook',
    description:
      'A signed `webhook.test` is sent to the URL at once. Answered with a 2xx, the webhook is `active`; otherwise it is `disabled`, `verificationFailure` says why, and a test activates it. At most 50 in a mode.',
    scopes: ['webhooks:write'],
    limit: { limit: 30, windowSeconds: 60 },
    errors: ['INVALID_STATE'],
    showsSecret: true,
    graph: { field: 'registerWebhookEndpoint', arguments: { input: 'RegisterWebhookEndpointInput!' } },
    body: registration,
    bodyExample,
    variables: ({ body, apiVersion }) => ({ input: { apiVersion, ...(body as object) } }),
    status: 201,
    location: ({ id }) => `/webhooks/${id}`,
  }),
  defineRoute({
    ...base,
    kind: 'write',
    method: 'PUT',
    path: '/webhooks/{webhookId}',
    operationId: 'updateWebhook',
    summary: 'Replace a webhook’s properties',
    description:
      'A property that is not given goes back to its default, but for `headers`, whose values cannot be read back: they stay. Another `url` has to answer a `webhook.test` first; while it does not, nothing changes.',
    scopes: ['webhooks:write'],
    limit: { limit: 60, windowSeconds: 60 },
    errors: ['NOT_FOUND', 'CONFLICT', 'PRECONDITION_FAILED'],
    graph: { field: 'updateWebhookEndpoint', arguments: { id: 'ID!', input: 'UpdateWebhookEndpointInput!', expectedVersion: 'Int' } },
    body: writable,
    bodyExample,
    variables: ({ path, body, expectedVersion, apiVersion }) => ({
      id: path.webhookId,
      input: { ...UNSET, apiVersion, ...(body as object) },
      expectedVersion,
    }),
    status: 200,
  }),
  defineRoute({
    ...base,
    kind: 'write',
    method: 'DELETE',
    path: '/webhooks/{webhookId}',
    operationId: 'deleteWebhook',
    summary: 'Delete a webhook',
    description: 'Deliveries that wait are cancelled. The log stays for its 30 days.',
    scopes: ['webhooks:write'],
    errors: ['NOT_FOUND', 'PRECONDITION_FAILED'],
    graph: { field: 'deleteWebhookEndpoint', arguments: { id: 'ID!', expectedVersion: 'Int' } },
    variables: ({ path, expectedVersion }) => ({ id: path.webhookId, expectedVersion }),
    status: 204,
  }),
  defineRoute({
    ...base,
    resource: webhookTest,
    kind: 'write',
    method: 'POST',
    path: '/webhooks/{webhookId}/test',
    operationId: 'testWebhook',
    summary: 'Test a webhook',
    description:
      'Sends a signed `webhook.test` now, waits 4 seconds for the answer and shows all of it. A 2xx activates a webhook that was never verified.',
    scopes: ['webhooks:write'],
    limit: { limit: 30, windowSeconds: 60 },
    errors: ['NOT_FOUND'],
    graph: { field: 'testWebhookEndpoint', arguments: { id: 'ID!' } },
    variables: ({ path }) => ({ id: path.webhookId }),
    status: 200,
  }),
  defineRoute({
    ...base,
    resource: webhookWithSecret,
    kind: 'write',
    method: 'POST',
    path: '/webhooks/{webhookId}/rotate-secret',
    operationId: 'rotateWebhookSecret',
    summary: 'Give a webhook a new secret',
    description:
      'During the overlap `X-Webhook-Signature` is made with the old secret and `webhook-signature` with both. Rotating again within it adds a secret and ' +
      'ends none: all sign until the longest overlap is over, ten before the newest one at most (`INVALID_STATE` says until when). `overlapSeconds: 0` ends all before at once.',
    scopes: ['webhooks:write'],
    errors: ['NOT_FOUND', 'INVALID_STATE'],
    showsSecret: true,
    graph: { field: 'rotateWebhookSecret', arguments: { id: 'ID!', secret: 'String', overlapSeconds: 'Int' } },
    body: z.strictObject({
      secret: registration.shape.secret,
      overlapSeconds: z.int().min(0).max(604_800).optional().meta({ description: '24 hours when it is not given.' }),
    }),
    bodyOptional: true,
    bodyExample: { overlapSeconds: 86_400 },
    variables: ({ path, body }) => ({ ...(body as object), id: path.webhookId }),
    status: 200,
  }),
  defineRoute({
    ...action('rotate-secret/complete', 'completeWebhookRotation'),
    summary: 'End a rotation',
    description: 'From the next attempt on only the new secret signs.',
  }),
  defineRoute({
    ...action('pause', 'pauseWebhookEndpoint'),
    summary: 'Pause a webhook',
    description: 'Nothing is lost: deliveries are held until it is resumed.',
  }),
  defineRoute({
    ...action('disable', 'disableWebhookEndpoint'),
    summary: 'Disable a webhook',
    description: 'Deliveries are held as in a pause.',
  }),
  defineRoute({
    ...sendingAgain('resume', 'resumeWebhookEndpoint'),
    summary: 'Resume a webhook',
    description: 'Sends what was held, in order and at the given pace, then goes on as before.',
  }),
  defineRoute({
    ...sendingAgain('enable', 'enableWebhookEndpoint'),
    summary: 'Enable a webhook',
    description:
      'For one that answered 410, failed for 5 days or was disabled by hand. What was held is sent, in order and at the given pace.',
  }),
];

/** `path`: behind that of the webhook. */
function action(path: string, field: string) {
  return {
    ...base,
    kind: 'write',
    method: 'POST',
    path: `/webhooks/{webhookId}/${path}`,
    operationId: field.replace('Endpoint', ''),
    scopes: ['webhooks:write'],
    errors: ['NOT_FOUND', 'INVALID_STATE'],
    graph: { field, arguments: { id: 'ID!' } },
    variables: ({ path: { webhookId } }: WriteInput) => ({ id: webhookId }),
    status: 200,
  } as const;
}

/** An action after which deliveries that were held go out, at a pace that may be given. */
function sendingAgain(path: string, field: string) {
  return {
    ...action(path, field),
    graph: { field, arguments: { id: 'ID!', drainPerSecond: 'Int' } },
    body: z.strictObject({ drainPerSecond: z.int().min(1).max(1_000).optional() }),
    bodyOptional: true,
    bodyExample: { drainPerSecond: 50 },
    variables: ({ path: { webhookId }, body }: WriteInput) => ({ ...(body as object), id: webhookId }),
  } as const;
}
