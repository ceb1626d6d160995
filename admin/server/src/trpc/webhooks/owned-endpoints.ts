// Registering, changing and removing endpoints. The relay judges what they are given; here it is only held within bounds.
import { z } from 'zod';
import { changingElsewhere } from '../change-elsewhere.ts';
import { checked } from '../procedures.ts';
import { ENDPOINT_FIELDS, findEndpoint, stateOf, type WebhookEndpoint } from './endpoint-shape.ts';
import { guarded } from './guarded.ts';
import type { WebhookAccess } from './webhook-access.ts';
import { askField, oneInput, tenantInput } from './webhook-graph.ts';

/** `secret`: told this once. */
export type IssuedEndpoint = WebhookEndpoint & { secret: string };

const REGISTER = `mutation AdminRegisterWebhook($input: RegisterWebhookEndpointInput!) {
  registerWebhookEndpoint(input: $input) { ${ENDPOINT_FIELDS} secret } }`;
const UPDATE = `mutation AdminUpdateWebhook($id: ID!, $input: UpdateWebhookEndpointInput!) {
  updateWebhookEndpoint(id: $id, input: $input) { ${ENDPOINT_FIELDS} } }`;
const REMOVE = `mutation AdminDeleteWebhook($id: ID!) { deleteWebhookEndpoint(id: $id) { ${ENDPOINT_FIELDS} } }`;
const ROTATE = `mutation AdminRotateWebhookSecret($id: ID!, $overlapSeconds: Int) {
  rotateWebhookSecret(id: $id, overlapSeconds: $overlapSeconds) { ${ENDPOINT_FIELDS} secret } }`;
const COMPLETE = `mutation AdminCompleteWebhookRotation($id: ID!) { completeWebhookRotation(id: $id) { ${ENDPOINT_FIELDS} } }`;

const properties = z.object({
  url: z.string().max(2_048),
  events: z.array(z.string().max(100)).min(1).max(50),
  description: z.string().max(500).nullish(),
  apiVersion: z.string().max(8).optional(),
  schedule: z.enum(['standard', 'short']).optional(),
  ratePerSecond: z.int().min(1).max(1_000).nullish(),
  concurrency: z.int().min(1).max(100).optional(),
});
const createInput = tenantInput.extend({ ...properties.shape, secret: z.string().max(1_000).optional() });
const updateInput = oneInput.extend({ changes: properties.partial() });
const DAYS_MAX = 90;
const DAY_SECONDS = 86_400;
const rotateInput = oneInput.extend({
  overlapSeconds: z
    .int()
    .min(0)
    .max(DAYS_MAX * DAY_SECONDS)
    .optional(),
});

export function ownedEndpoints({ act }: WebhookAccess) {
  return {
    create: guarded(act)
      .input(checked(createInput))
      .mutation(({ ctx, input }) => {
        const { accountId, mode, ...given } = input;
        return changingElsewhere(ctx, {
          action: 'webhook.registered',
          about: accountId,
          tenant: input,
          work: () => askField<IssuedEndpoint>(ctx, { accountId, mode }, REGISTER, { input: given }),
          target: ({ id }) => id,
          after: (endpoint) => stateOf(endpoint),
        });
      }),
    update: guarded(act)
      .input(checked(updateInput))
      .mutation(({ ctx, input }) =>
        changingElsewhere(ctx, {
          action: 'webhook.updated',
          about: input.id,
          tenant: input,
          before: async () => stateOf(await findEndpoint(ctx, input)),
          work: () => askField<WebhookEndpoint>(ctx, input, UPDATE, { id: input.id, input: input.changes }),
          after: (endpoint) => ({ ...stateOf(endpoint), changed: Object.keys(input.changes) }),
        }),
      ),
    remove: guarded(act)
      .input(checked(oneInput))
      .mutation(({ ctx, input }) =>
        changingElsewhere(ctx, {
          action: 'webhook.deleted',
          about: input.id,
          tenant: input,
          before: async () => stateOf(await findEndpoint(ctx, input)),
          work: () => askField<WebhookEndpoint>(ctx, input, REMOVE, { id: input.id }),
          after: () => ({ status: 'deleted' }),
        }),
      ),
    rotateSecret: guarded(act)
      .input(checked(rotateInput))
      .mutation(({ ctx, input }) =>
        changingElsewhere(ctx, {
          action: 'webhook.secret_rotated',
          about: input.id,
          tenant: input,
          before: async () => stateOf(await findEndpoint(ctx, input)),
          work: () => askField<IssuedEndpoint>(ctx, input, ROTATE, { id: input.id, overlapSeconds: input.overlapSeconds ?? null }),
          after: (endpoint) => stateOf(endpoint),
        }),
      ),
    completeRotation: guarded(act)
      .input(checked(oneInput))
      .mutation(({ ctx, input }) =>
        changingElsewhere(ctx, {
          action: 'webhook.rotation_completed',
          about: input.id,
          tenant: input,
          before: async () => stateOf(await findEndpoint(ctx, input)),
          work: () => askField<WebhookEndpoint>(ctx, input, COMPLETE, { id: input.id }),
          after: (endpoint) => stateOf(endpoint),
        }),
      ),
  };
}
