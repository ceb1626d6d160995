import { instantInUtc } from '@portico/contracts/instants';
import { z } from 'zod';
import { changingElsewhere } from '../change-elsewhere.ts';
import { checked, router } from '../procedures.ts';
import type { WebhookProblem } from './endpoint-shape.ts';
import { guarded } from './guarded.ts';
import type { WebhookAccess } from './webhook-access.ts';
import { askField, askOne, oneInput, type Page, pageInput, pageOf } from './webhook-graph.ts';

const STATUSES = ['pending', 'succeeded', 'dead', 'cancelled'] as const;

export type WebhookDelivery = {
  id: string;
  endpointId: string;
  eventId: string;
  eventType: string;
  status: (typeof STATUSES)[number];
  attemptCount: number;
  nextAttemptAt: string | null;
  lastError: string | null;
  lastResponseStatus: number | null;
  replayId: string | null;
  createdAt: string;
  completedAt: string | null;
};
export type WebhookAttempt = {
  id: string;
  number: number;
  outcome: string;
  request: { url: string; headers: Record<string, string>; body: string | null };
  response: { status: number; headers: Record<string, string>; body: string; truncated: boolean } | null;
  error: WebhookProblem | null;
  durationMs: number;
  startedAt: string;
};

const FIELDS =
  'id endpointId eventId eventType status attemptCount nextAttemptAt lastError lastResponseStatus replayId createdAt completedAt';
const LIST = `query AdminDeliveries($filter: WebhookDeliveryFilter, $page: PageInput!) {
  webhookDeliveries(filter: $filter, page: $page) { items { ${FIELDS} } nextCursor } }`;
const ONE = `query AdminDelivery($id: ID!) { webhookDelivery(id: $id) { ${FIELDS} attempts { id number outcome request { url headers body }
  response { status headers body truncated } error { code message } durationMs startedAt } } }`;
const STATE = `query AdminDeliveryState($id: ID!) { webhookDelivery(id: $id) { ${FIELDS} } }`;
const REPLAY = `mutation AdminReplayDelivery($id: ID!) { replayWebhookDelivery(id: $id) { ${FIELDS} } }`;

const listInput = pageInput.extend({
  endpointId: z.string().max(64).optional(),
  eventId: z.string().max(64).optional(),
  eventType: z.string().max(100).optional(),
  status: z.enum(STATUSES).optional(),
  since: instantInUtc.optional(),
});

export function deliveriesRouter({ read, act }: WebhookAccess) {
  return router({
    list: guarded(read)
      .input(checked(listInput))
      .query(({ ctx, input }) => askField<Page<WebhookDelivery>>(ctx, input, LIST, { filter: filterOf(input), page: pageOf(input) })),
    get: guarded(read)
      .input(checked(oneInput))
      .query(({ ctx, input }) => askOne<WebhookDelivery & { attempts: WebhookAttempt[] }>(ctx, input, ONE, 'delivery')),
    replay: guarded(act)
      .input(checked(oneInput))
      .mutation(({ ctx, input }) => {
        const stateOf = ({ status, attemptCount }: WebhookDelivery) => ({ status, attemptCount });
        return changingElsewhere(ctx, {
          action: 'delivery.replayed',
          about: input.id,
          tenant: input,
          before: async () => stateOf(await askOne<WebhookDelivery>(ctx, input, STATE, 'delivery')),
          work: () => askField<WebhookDelivery>(ctx, input, REPLAY, { id: input.id }),
          after: stateOf,
        });
      }),
  });
}

function filterOf({ endpointId, eventId, eventType, status, since }: z.output<typeof listInput>): Readonly<Record<string, unknown>> {
  const given = { endpointId, eventId, eventType, status };
  const lists = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value]] as const]));
  return { ...Object.fromEntries(lists), ...(since === undefined ? {} : { createdAfter: since }) };
}
