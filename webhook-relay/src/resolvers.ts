import { notFound } from '@portico/contracts/errors';
import { isId } from '@portico/contracts/ids';
import { listOf, oneById, referenceTo } from '@portico/service-kit/reads/model-fields';
import { selectionOf } from '@portico/service-kit/reads/selection';
import { needs, type References, type Resolver, type Resolvers } from '@portico/service-kit/subgraph/build-schema';
import { attemptReads } from './delivery/attempt-reads.ts';
import { deliveryReads } from './delivery/delivery-reads.ts';
import { replayDelivery } from './delivery/replay-delivery.ts';
import { diagnoseRequest } from './diagnosing/diagnose-request.ts';
import { deleteEndpoint } from './endpoints/delete-endpoint.ts';
import { endpointReads } from './endpoints/endpoint-reads.ts';
import { registerEndpoint } from './endpoints/register-endpoint.ts';
import { completeRotation, rotateSecret } from './endpoints/rotate-secret.ts';
import { disableEndpoint, enableEndpoint, pauseEndpoint, resumeEndpoint } from './endpoints/switch-endpoint.ts';
import { testEndpoint } from './endpoints/test-endpoint.ts';
import { updateEndpoint } from './endpoints/update-endpoint.ts';
import { eventReads } from './ledger/event-reads.ts';
import { eventTypes } from './ledger/event-types.ts';
import { unknownEvents } from './ledger/unknown-events.ts';
import type { RelayGraph } from './relay-graph.ts';
import { cancelReplay } from './replays/cancel-replay.ts';
import { replayReads } from './replays/replay-reads.ts';
import { startReplay } from './replays/start-replay.ts';
import { typeResolvers } from './type-resolvers.ts';

type ById = { id: string };
type Change = ById & { expectedVersion?: number | null };
type Input = { input: unknown };

/** The relay's part of the graph. */
export function resolversOf(relay: RelayGraph): Resolvers {
  return { Query: queries, Mutation: mutationsOf(relay), ...typeResolvers };
}

export const references: References = {
  WebhookEndpoint: referenceTo(endpointReads, 'webhooks:read'),
  WebhookDelivery: referenceTo(deliveryReads, 'webhooks:read'),
  Event: referenceTo(eventReads, 'events:read'),
};

const queries: Resolvers[string] = {
  webhookEndpoints: listOf(endpointReads, 'webhooks:read'),
  webhookEndpoint: oneById(endpointReads, 'webhook', 'webhooks:read'),
  webhookDeliveries: listOf(deliveryReads, 'webhooks:read'),
  webhookDelivery: oneById(deliveryReads, 'delivery', 'webhooks:read'),
  webhookAttempts: listOf(attemptReads, 'webhooks:read'),
  webhookReplays: listOf(replayReads, 'webhooks:read'),
  webhookReplay: oneById(replayReads, 'replay', 'webhooks:read'),
  events: listOf(eventReads, 'events:read'),
  event: oneById(eventReads, 'event', 'events:read'),
  webhookEventTypes: needs('events:read', () => eventTypes),
  unknownEvents: needs('events:read', (_, { ids }: { ids: readonly string[] }, context) => unknownEvents(context, ids)),
};

function mutationsOf(relay: RelayGraph): Resolvers[string] {
  return {
    registerWebhookEndpoint: needs('webhooks:write', (_, { input }: Input, context) => registerEndpoint(context, relay, input)),
    updateWebhookEndpoint: needs('webhooks:write', (_, { id, input, expectedVersion }: Change & Input, context) =>
      updateEndpoint(context, relay, known('webhook', id), input, expectedVersion),
    ),
    deleteWebhookEndpoint: needs('webhooks:write', (_, { id, expectedVersion }: Change, context) =>
      deleteEndpoint(context, known('webhook', id), expectedVersion),
    ),
    testWebhookEndpoint: needs('webhooks:write', (_, { id }: ById, context) => testEndpoint(context, relay, known('webhook', id))),
    rotateWebhookSecret: needs('webhooks:write', (_, { id, ...rotation }: Change, context) =>
      rotateSecret(context, { ...rotation, id: known('webhook', id) }),
    ),
    completeWebhookRotation: needs('webhooks:write', (_, { id, expectedVersion }: Change, context) =>
      completeRotation(context, known('webhook', id), expectedVersion),
    ),
    pauseWebhookEndpoint: switching(relay, pauseEndpoint),
    resumeWebhookEndpoint: switching(relay, resumeEndpoint),
    enableWebhookEndpoint: switching(relay, enableEndpoint),
    disableWebhookEndpoint: switching(relay, disableEndpoint),
    replayWebhookDelivery: needs('webhooks:write', (_, { id }: ById, context, info) =>
      replayDelivery(context, relay, known('delivery', id), selectionOf(info)),
    ),
    startWebhookReplay: needs('webhooks:write', (_, { endpointId, input }: { endpointId: string } & Input, context) =>
      startReplay(context, relay, known('webhook', endpointId), input),
    ),
    cancelWebhookReplay: needs('webhooks:write', (_, { id, expectedVersion }: Change, context) =>
      cancelReplay(context, known('replay', id), expectedVersion),
    ),
    diagnoseWebhookSignature: needs('webhooks:read', (_, { input }: Input, { now }) => diagnoseRequest(input, now())),
  };
}

function switching(relay: RelayGraph, switchEndpoint: typeof resumeEndpoint): Resolver {
  return needs('webhooks:write', async (_, change: Parameters<typeof resumeEndpoint>[1], context) => {
    const row = await switchEndpoint(context, { ...change, id: known('webhook', change.id) });
    if (row.status === 'active') relay.wake();
    return row;
  });
}

/** An id of the wrong shape names nothing; the database need not be asked. */
function known(kind: 'webhook' | 'delivery' | 'replay', id: string): string {
  if (!isId(kind, id)) throw notFound(kind, id);
  return id;
}
