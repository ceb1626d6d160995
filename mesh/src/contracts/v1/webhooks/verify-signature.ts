import { z } from 'zod';
import { flag, part, text } from '../../../rest/declare/fields.ts';
import { defineResource, type Resource } from '../../../rest/declare/resource.ts';
import { defineRoute } from '../../../rest/declare/route.ts';
import { EXAMPLE } from '../examples.ts';

const finding: Resource = defineResource(
  'SignatureFinding',
  {
    code: text({ example: 'body_reserialized' }),
    header: text({ example: 'X-Webhook-Signature' }),
    message: text({ example: 'The JSON was parsed and written again. Verify the bytes as they came, before anything parses them.' }),
  },
  { versioned: false },
);

const check: Resource = defineResource(
  'SignatureCheck',
  {
    valid: flag({ example: false }),
    findings: part(() => finding, { many: true, description: 'In the order in which to look at them.' }),
    expected: text({ nullable: true, example: 'sha256=…', description: 'The signature of this body with this secret.' }),
    found: text({ nullable: true, example: 'sha256=…' }),
  },
  { versioned: false },
);

const diagnosis = defineResource(
  'SignatureDiagnosis',
  {
    house: part(() => check, { description: '`X-Webhook-Signature`.' }),
    standard: part(() => check, { description: '`webhook-signature`, of Standard Webhooks.' }),
  },
  { versioned: false },
);

export const verifySignatureRoutes = [
  defineRoute({
    kind: 'write',
    method: 'POST',
    path: '/webhooks/verify-signature',
    operationId: 'verifyWebhookSignature',
    tag: 'Webhooks',
    summary: 'Find out why a signature does not verify',
    description: 'Takes what a receiver got and names the step of the verification that differs. Nothing of it is kept.',
    scopes: ['webhooks:read'],
    limit: { limit: 20, windowSeconds: 60 },
    resource: diagnosis,
    showsSecret: true,
    graph: { field: 'diagnoseWebhookSignature', arguments: { input: 'DiagnoseWebhookSignatureInput!' } },
    body: z.strictObject({
      headers: z.record(z.string().max(200), z.string().max(8_192)),
      body: z.string().meta({ description: 'Its text, byte for byte.' }),
      secret: z.string().min(1).max(300),
      previousSecret: z.string().min(1).max(300).optional(),
      toleranceSeconds: z.int().min(0).max(86_400).optional(),
    }),
    bodyExample: {
      headers: { 'X-Webhook-Id': EXAMPLE.eventId, 'X-Webhook-Timestamp': '1769851800', 'X-Webhook-Signature': 'sha256=…' },
      body: '{"id":"evt_…"}',
      secret: 'whsec_…',
    },
    variables: ({ body }) => ({ input: body }),
    status: 200,
  }),
];
