import { z } from 'zod';
import { changingElsewhere } from '../change-elsewhere.ts';
import type { CallContext } from '../context.ts';
import { checked, router } from '../procedures.ts';
import { guarded } from './guarded.ts';
import type { WebhookAccess } from './webhook-access.ts';
import { askField, askOne, oneInput, type Page, pageInput, pageOf, type TenantInput } from './webhook-graph.ts';

export type WebhookProblem = { code: string; message: string };
export type WebhookEndpoint = {
  id: string;
  url: string;
  description: string | null;
  events: string[];
  apiVersion: string;
  status: 'active' | 'paused' | 'disabled';
  disabledReason: 'unverified' | 'gone' | 'failing' | 'switched_off' | null;
  disabledAt: string | null;
  headerNames: string[];
  schedule: string;
  ratePerSecond: number | null;
  concurrency: number;
  verificationFailure: WebhookProblem | null;
  previousSecretExpiresAt: string | null;
  drainPerSecond: number | null;
  health: {
    circuit: string;
    gateUntil: string | null;
    failingSince: string | null;
    lastSucceededAt: string | null;
    lastFailedAt: string | null;
  };
  createdAt: string;
  updatedAt: string;
};
export type WebhookTest = {
  delivered: boolean;
  request: { url: string; headers: Record<string, string>; body: string };
  response: { status: number; headers: Record<string, string>; body: string; truncated: boolean } | null;
  error: WebhookProblem | null;
  timings: { dnsMs: number | null; connectMs: number | null; tlsMs: number | null; firstByteMs: number | null; totalMs: number };
  endpoint: WebhookEndpoint;
};

const FIELDS = `id url description events apiVersion status disabledReason disabledAt headerNames schedule ratePerSecond concurrency
  verificationFailure { code message } previousSecretExpiresAt drainPerSecond
  health { circuit gateUntil failingSince lastSucceededAt lastFailedAt } createdAt updatedAt`;
const LIST = `query AdminWebhooks($page: PageInput!) { webhookEndpoints(page: $page) { items { ${FIELDS} } nextCursor } }`;
const ONE = `query AdminWebhook($id: ID!) { webhookEndpoint(id: $id) { ${FIELDS} } }`;
const TEST = `mutation AdminTestWebhook($id: ID!) { testWebhookEndpoint(id: $id) { delivered request { url headers body }
  response { status headers body truncated } error { code message } timings { dnsMs connectMs tlsMs firstByteMs totalMs } endpoint { ${FIELDS} } } }`;
const PAUSE = `mutation AdminPauseWebhook($id: ID!) { pauseWebhookEndpoint(id: $id) { ${FIELDS} } }`;
const RESUME = `mutation AdminResumeWebhook($id: ID!, $drainPerSecond: Int) {
  resumeWebhookEndpoint(id: $id, drainPerSecond: $drainPerSecond) { ${FIELDS} } }`;
const ENABLE = `mutation AdminEnableWebhook($id: ID!, $drainPerSecond: Int) {
  enableWebhookEndpoint(id: $id, drainPerSecond: $drainPerSecond) { ${FIELDS} } }`;

/** `drainPerSecond`: while what was held is sent. */
const pacedInput = oneInput.extend({ drainPerSecond: z.int().min(1).max(1_000).optional() });

type One = TenantInput & { id: string };
type Acting = Pick<CallContext, 'admin' | 'recordAction' | 'graph' | 'requestId'> & { person: { id: string } };

const find = (context: Acting, given: One): Promise<WebhookEndpoint> => askOne(context, given, ONE, 'webhook');
/** What the admin log keeps of an endpoint: its state, not where it is. */
const stateOf = ({ status, disabledReason, drainPerSecond }: WebhookEndpoint) => ({ status, disabledReason, drainPerSecond });

export function endpointsRouter({ read, act }: WebhookAccess) {
  return router({
    list: guarded(read)
      .input(checked(pageInput))
      .query(({ ctx, input }) => askField<Page<WebhookEndpoint>>(ctx, input, LIST, { page: pageOf(input) })),
    get: guarded(read)
      .input(checked(oneInput))
      .query(({ ctx, input }) => find(ctx, input)),
    test: guarded(act)
      .input(checked(oneInput))
      .mutation(({ ctx, input }) =>
        changingElsewhere(ctx, {
          action: 'webhook.tested',
          about: input.id,
          tenant: input,
          before: async () => stateOf(await find(ctx, input)),
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
    before: async () => stateOf(await find(context, given)),
    work: () => askField<WebhookEndpoint>(context, given, document, { id: given.id, ...more }),
    after: stateOf,
  });
}
