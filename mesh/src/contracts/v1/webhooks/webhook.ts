import { EVENT_CATALOGUE } from '@portico/contracts/events/catalogue';
import { dateTime, flag, id, integer, json, oneOf, part, text } from '../../../rest/declare/fields.ts';
import { defineResource, type Resource } from '../../../rest/declare/resource.ts';
import { EXAMPLE } from '../examples.ts';

export const EVENT_NAMES: readonly string[] = [...EVENT_CATALOGUE.keys()];
export const WEBHOOK_STATUSES = ['active', 'paused', 'disabled'];

export const problem: Resource = defineResource(
  'WebhookProblem',
  {
    code: text({ example: 'timeout' }),
    message: text({ example: 'The deadline came before the response.' }),
  },
  { versioned: false },
);

const health: Resource = defineResource(
  'WebhookHealth',
  {
    circuit: oneOf(['closed', 'open', 'half_open'], { description: 'open: nothing is sent but a probe now and then.' }),
    gateUntil: dateTime({
      nullable: true,
      example: null,
      description: 'Nothing is sent before: it was asked for, or the circuit is open.',
    }),
    failingSince: dateTime({ nullable: true, example: null, description: 'After 5 days of failure it is disabled.' }),
    lastSucceededAt: dateTime({ nullable: true }),
    lastFailedAt: dateTime({ nullable: true, example: null }),
  },
  { versioned: false },
);

const fields = {
  id: id('webhook', { example: EXAMPLE.webhookId }),
  url: text({ example: 'https://partner.example/hooks', format: 'uri' }),
  description: text({ nullable: true, example: 'Warehouse' }),
  events: json({ type: 'array', items: { type: 'string' } }, { example: ['order.created'], description: 'Event types; `*` for all.' }),
  filter: json(
    { type: ['object', 'null'], additionalProperties: { type: 'array', items: {} } },
    {
      example: { currency: ['USD', 'CAD'] },
      description: 'Path of a field, as the payload of version 1 names it → values of which it must have one.',
    },
  ),
  apiVersion: oneOf(['1', '2'], { description: 'Whose body it gets.' }),
  status: oneOf(WEBHOOK_STATUSES),
  disabledReason: json(
    { type: ['string', 'null'], enum: ['unverified', 'gone', 'failing', 'switched_off', null] },
    { example: null, description: 'It never answered; it answered 410; it failed for 5 days; somebody switched it off.' },
  ),
  disabledAt: dateTime({ nullable: true, example: null, description: 'Since when; null for one that was never verified.' }),
  previousSecretExpiresAt: dateTime({
    nullable: true,
    example: null,
    description: 'Set during a rotation: until then the secrets before sign too.',
  }),
  headerNames: json(
    { type: 'array', items: { type: 'string' } },
    { example: ['Authorization'], description: 'Headers that are sent beside ours. Their values are not shown.' },
  ),
  schedule: oneOf(['standard', 'short'], { description: 'Retries after 1 min, 5 min, 30 min, 2 h; or after 1, 5, 30 min.' }),
  ratePerSecond: integer({ nullable: true, example: null, description: 'Attempts per second at most.' }),
  concurrency: integer({ example: 10, description: 'Attempts at the same time at most.' }),
  verifiedAt: dateTime({ nullable: true }),
  verificationFailure: part(() => problem, { nullable: true, description: 'Why the last verification failed.' }),
  health: part(() => health, { description: 'How its receiver has been answering.' }),
  drainPerSecond: integer({ nullable: true, example: null, description: 'While held deliveries are sent: how many per second.' }),
  createdAt: dateTime(),
  updatedAt: dateTime(),
};

export const webhook: Resource = defineResource('Webhook', fields);

/** The answer that shows the secret: there is no other. */
export const webhookWithSecret: Resource = defineResource('WebhookWithSecret', {
  ...fields,
  secret: text({ example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwq7TeZ1hHk0Y=', description: 'Shown this once.' }),
});

export const request: Resource = defineResource(
  'WebhookRequest',
  {
    url: text({ example: 'https://partner.example/hooks' }),
    headers: json(
      { type: 'object' },
      { example: { 'X-Webhook-Event': 'webhook.test' }, description: 'Values of your own headers are masked.' },
    ),
    body: text({ nullable: true, example: '{"id":"evt_…"}' }),
  },
  { versioned: false },
);

export const response: Resource = defineResource(
  'WebhookResponse',
  {
    status: integer({ example: 200 }),
    headers: json({ type: 'object' }, { example: { 'content-type': 'text/plain' } }),
    body: text({ example: 'ok', description: 'The first 64 KiB.' }),
    truncated: flag({ example: false }),
  },
  { versioned: false },
);

const milliseconds = (): ReturnType<typeof json> => json({ type: ['number', 'null'] }, { example: 12.5 });

export const timings: Resource = defineResource(
  'WebhookTimings',
  { dnsMs: milliseconds(), connectMs: milliseconds(), tlsMs: milliseconds(), firstByteMs: milliseconds(), totalMs: milliseconds() },
  { versioned: false },
);

export const webhookTest: Resource = defineResource(
  'WebhookTest',
  {
    id: id('event', { example: EXAMPLE.eventId, description: 'Of the event that was sent. It is in no list.' }),
    delivered: flag({ example: true, description: 'Whether it was answered with a 2xx.' }),
    request: part(() => request, { description: 'What was sent.' }),
    response: part(() => response, { nullable: true, description: 'What came back.' }),
    error: part(() => problem, { nullable: true, description: 'Why it was not delivered: DNS, TLS, status, timeout, a blocked address…' }),
    timings: part(() => timings, { description: 'Milliseconds; the first three are null when a connection was used again.' }),
    webhook: part(() => webhook, { graph: 'endpoint', description: 'The webhook after the test.' }),
  },
  { versioned: false },
);
