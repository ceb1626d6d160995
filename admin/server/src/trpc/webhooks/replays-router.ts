import { instantInUtc } from '@portico/contracts/instants';
import { z } from 'zod';
import { changingElsewhere } from '../change-elsewhere.ts';
import { checked, router } from '../procedures.ts';
import { guarded } from './guarded.ts';
import type { WebhookAccess } from './webhook-access.ts';
import { askField, askOne, oneInput, type Page, pageInput, pageOf, tenantInput } from './webhook-graph.ts';

export type WebhookReplay = {
  /** Null for a dry run. */
  id: string | null;
  endpointId: string;
  what: 'failed' | 'missing' | 'all';
  since: string;
  until: string;
  events: string[];
  status: 'running' | 'completed' | 'cancelled' | null;
  total: number;
  queued: number;
  perSecond: number;
  createdAt: string | null;
  completedAt: string | null;
};

const FIELDS = 'id endpointId what since until events status total queued perSecond createdAt completedAt';
const LIST = `query AdminReplays($filter: WebhookReplayFilter, $page: PageInput!) {
  webhookReplays(filter: $filter, page: $page) { items { ${FIELDS} } nextCursor } }`;
const ONE = `query AdminReplay($id: ID!) { webhookReplay(id: $id) { ${FIELDS} } }`;
const START = `mutation AdminStartReplay($endpointId: ID!, $input: StartWebhookReplayInput!) {
  startWebhookReplay(endpointId: $endpointId, input: $input) { ${FIELDS} } }`;
const CANCEL = `mutation AdminCancelReplay($id: ID!) { cancelWebhookReplay(id: $id) { ${FIELDS} } }`;

const startInput = tenantInput.extend({
  endpointId: z.string().max(64),
  what: z.enum(['failed', 'missing', 'all']),
  since: instantInUtc,
  until: instantInUtc.optional(),
  events: z.array(z.string().max(100)).max(20).optional(),
  perSecond: z.int().min(1).max(1_000).optional(),
});
type StartInput = z.output<typeof startInput>;

function variablesOf({ accountId: _, mode: __, endpointId, ...input }: StartInput, dryRun: boolean): Readonly<Record<string, unknown>> {
  return { endpointId, input: { ...input, dryRun } };
}

export function replaysRouter({ read, act }: WebhookAccess) {
  return router({
    list: guarded(read)
      .input(checked(pageInput.extend({ endpointId: z.string().max(64).optional() })))
      .query(({ ctx, input }) => {
        const filter = input.endpointId === undefined ? {} : { endpointId: [input.endpointId] };
        return askField<Page<WebhookReplay>>(ctx, input, LIST, { filter, page: pageOf(input) });
      }),
    /** How many a start with the same input would send; nothing is started. */
    count: guarded(act)
      .input(checked(startInput))
      .query(async ({ ctx, input }) => {
        const { total } = await askField<WebhookReplay>(ctx, input, START, variablesOf(input, true));
        return { total };
      }),
    start: guarded(act)
      .input(checked(startInput))
      .mutation(({ ctx, input }) =>
        changingElsewhere(ctx, {
          action: 'replay.started',
          about: input.endpointId,
          tenant: input,
          work: () => askField<WebhookReplay>(ctx, input, START, variablesOf(input, false)),
          target: ({ id }) => String(id),
          after: ({ endpointId, what, total, status }) => ({ endpointId, what, total, status }),
        }),
      ),
    cancel: guarded(act)
      .input(checked(oneInput))
      .mutation(({ ctx, input }) => {
        const stateOf = ({ status, queued }: WebhookReplay) => ({ status, queued });
        return changingElsewhere(ctx, {
          action: 'replay.cancelled',
          about: input.id,
          tenant: input,
          before: async () => stateOf(await askOne<WebhookReplay>(ctx, input, ONE, 'replay')),
          work: () => askField<WebhookReplay>(ctx, input, CANCEL, { id: input.id }),
          after: stateOf,
        });
      }),
  });
}
