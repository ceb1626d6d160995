import { z } from 'zod';
import { changingElsewhere } from '../change-elsewhere.ts';
import { checked, router } from '../procedures.ts';
import {
  type Acting,
  ENDPOINT_FIELDS,
  findEndpoint,
  type One,
  stateOf,
  type WebhookEndpoint,
  type WebhookProblem,
} from './endpoint-shape.ts';
import { guarded } from './guarded.ts';
import { ownedEndpoints } from './owned-endpoints.ts';
import type { WebhookAccess } from './webhook-access.ts';
import { askField, oneInput, type Page, pageInput, pageOf } from './webhook-graph.ts';

export type WebhookTest = {
  delivered: boolean;
  request: { url: string; headers: Record<string, string>; body: string };
  response: { status: number; headers: Record<string, string>; body: string; truncated: boolean } | null;
  error: WebhookProblem | null;
  timings: { dnsMs: number | null; connectMs: number | null; tlsMs: number | null; firstByteMs: number | null; totalMs: number };
  endpoint: WebhookEndpoint;
};

const LIST = `query AdminWebhooks($page: PageInput!) { webhookEndpoints(page: $page) { items { ${ENDPOINT_FIELDS} } nextCursor } }`;
const TEST = `mutation AdminTestWebhook($id: ID!) { testWebhookEndpoint(id: $id) { delivered request { url headers body }
  response { status headers body truncated } error { code message } timings { dnsMs connectMs tlsMs firstByteMs totalMs } endpoint { ${ENDPOINT_FIELDS} } } }`;
const PAUSE = `mutation AdminPauseWebhook($id: ID!) { pauseWebhookEndpoint(id: $id) { ${ENDPOINT_FIELDS} } }`;
const RESUME = `mutation AdminResumeWebhook($id: ID!, $drainPerSecond: Int) {
  resumeWebhookEndpoint(id: $id, drainPerSecond: $drainPerSecond) { ${ENDPOINT_FIELDS} } }`;
const ENABLE = `mutation AdminEnableWebhook($id: ID!, $drainPerSecond: Int) {
  enableWebhookEndpoint(id: $id, drainPerSecond: $drainPerSecond) { ${ENDPOINT_FIELDS} } }`;

/** `drainPerSecond`: while what was held is sent. */
const pacedInput = oneInput.extend({ drainPerSecond: z.int().min(1).max(1_000).optional() });

export function endpointsRouter(access: WebhookAccess) {
  const { read, act } = access;
  return router({
    ...ownedEndpoints(access),
    list: guarded(read)
      .input(checked(pageInput))
      .query(({ ctx, input }) => askField<Page<WebhookEndpoint>>(ctx, input, LIST, { page: pageOf(input) })),
    get: guarded(read)
      .input(checked(oneInput))
      .query(({ ctx, input }) => findEndpoint(ctx, input)),
    test: guarded(act)
      .input(checked(oneInput))
      .mutation(({ ctx, input }) =>
        changingElsewhere(ctx, {
          action: 'webhook.tested',
          about: input.id,
          tenant: input,
          before: async () => stateOf(await findEndpoint(ctx, input)),
          work: () => askField<WebhookTest>(ctx, input, TEST, { id: input.id }),
          after: ({ delivered, endpoint }) => ({ ...stateOf(endpoint), delivered }),
        }),
      ),
    pause: guarded(act)
      .input(checked(oneInput))
      .mutation(({ ctx, input }) => switched(ctx, input, 'webhook.paused', PAUSE)),
    resume: guarded(act)
      .input(checked(pacedInput))
      .mutation(({ ctx, input }) => switched(ctx, input, 'webhook.resumed', RESUME, { drainPerSecond: input.drainPerSecond ?? null })),
    enable: guarded(act)
      .input(checked(pacedInput))
      .mutation(({ ctx, input }) => switched(ctx, input, 'webhook.enabled', ENABLE, { drainPerSecond: input.drainPerSecond ?? null })),
  });
}

function switched(context: Acting, given: One, action: string, document: string, more: Readonly<Record<string, unknown>> = {}) {
  return changingElsewhere(context, {
    action,
    about: given.id,
    tenant: given,
    before: async () => stateOf(await findEndpoint(context, given)),
    work: () => askField<WebhookEndpoint>(context, given, document, { id: given.id, ...more }),
    after: stateOf,
  });
}
