import { bodySchema } from '@portico/contracts/events/body-schema';
import { eventBody } from '@portico/contracts/events/event-body';
import { type ApiVersion, WEBHOOK_EVENTS } from '@portico/contracts/events/event-shape';
import { webhookTest } from '@portico/contracts/events/webhook-test';
import { EXAMPLE } from '../contracts/v1/examples.ts';

/** The `webhooks` of the OpenAPI document: what a receiver is sent for each event type, in the version of the contract. */
export function describeWebhooks(apiVersion: ApiVersion): Record<string, unknown> {
  return Object.fromEntries(
    [...WEBHOOK_EVENTS.values()].map(({ name, summary, example: payload }) => {
      // The dialect is the document's own.
      const { $schema: _, ...schema } = bodySchema(name, apiVersion);
      const example = eventBody({ id: EXAMPLE.eventId, type: name, occurredAt: EXAMPLE.time, payload }, apiVersion);
      const operation = {
        operationId: `receive_${name.replace('.', '_')}`,
        tags: ['Events'],
        summary: name,
        description: summary,
        security: [],
        parameters: HEADERS.map(([header, description]) => ({
          name: header,
          in: 'header',
          required: true,
          description,
          schema: { type: 'string' },
        })),
        requestBody: { required: true, content: { 'application/json': { schema, example } } },
        responses: name === webhookTest.name ? TEST_RESPONSES : RESPONSES,
      };
      return [name, { post: operation }];
    }),
  );
}

const HEADERS: readonly (readonly [string, string])[] = [
  ['X-Webhook-Id', 'Id of the event; the same in every attempt.'],
  ['X-Webhook-Event', 'Its type.'],
  ['X-Webhook-Attempt', 'Its place in the schedule, from 1; a replay begins with 1 again.'],
  ['X-Webhook-Timestamp', 'Of this attempt, in unix seconds.'],
  ['X-Webhook-Signature', '`sha256=` and the hex HMAC-SHA256 of the body, keyed with the secret as printed.'],
  ['webhook-id', 'As `X-Webhook-Id`, for Standard Webhooks.'],
  ['webhook-timestamp', 'As `X-Webhook-Timestamp`.'],
  ['webhook-signature', 'Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of id, timestamp and body; two of them during a rotation.'],
];

const RESPONSES = {
  '2XX': { description: 'It was taken. Anything else is tried again by the schedule of the webhook.' },
  410: { description: 'There will be no receiver here again: the webhook is disabled.' },
  429: { description: 'Too much at once. Nothing is sent before `Retry-After`; no attempt is spent.' },
};

const TEST_RESPONSES = { '2XX': { description: 'The webhook is verified. Anything else says that it is not; it is not tried again.' } };
