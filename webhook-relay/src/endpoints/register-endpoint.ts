// Registration: the row first, as one that gets nothing; then the question whether it answers. A crash between the two leaves an endpoint that
// its owner can see and verify again, never one that gets events unasked.
import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '@portico/contracts/errors';
import { createOnce } from '@portico/service-kit/database/create-once';
import { tenantOf } from '@portico/service-kit/database/tenant';
import type { Row } from '@portico/service-kit/reads/reads';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { Endpoint, sealedEndpoint } from '../endpoint.entity.ts';
import type { RelayGraph } from '../relay-graph.ts';
import { newSecret } from '../signing/secret.ts';
import { CONCURRENCY_DEFAULT, parseRegistration, type Registration } from './endpoint-input.ts';
import { type OpenedEndpoint, openEndpoint } from './endpoint-row.ts';
import { sendTest } from './send-test.ts';
import { keepVerdict } from './test-endpoint.ts';

/** Of one account and mode. */
export const ENDPOINTS_MAX = 50;

/**
 * Adds an endpoint and verifies it. Answers it with its secret, active or with the reason why it is not.
 * VALIDATION_ERROR for fields, INVALID_STATE for the 51st.
 */
export async function registerEndpoint(context: SubgraphContext, relay: RelayGraph, input: unknown): Promise<Row> {
  const given = parseRegistration(input, relay.policy);
  const opened = await createOnce<OpenedEndpoint>(context, 'webhook', 'endpoint_pkey', {
    find: (id) => findOpened(context, id),
    create: (id) => context.write((em) => addEndpoint(em, context, id, given)),
  });
  const report = await sendTest(relay.sender, opened, context.now(), relay.signal);
  return { ...(await keepVerdict(context, opened, report)), secret: opened.secret };
}

/** What an earlier try of the same request made; it goes on from there. */
function findOpened(context: SubgraphContext, id: string): Promise<OpenedEndpoint | undefined> {
  return context.write(async (em) => {
    const endpoint = await em.findOne(Endpoint, { id });
    return endpoint === null ? undefined : openEndpoint(context.keyRing, endpoint, context.now());
  });
}

async function addEndpoint(em: EntityManager, context: SubgraphContext, id: string, given: Registration): Promise<OpenedEndpoint> {
  await requireRoom(em, context);
  const { keyRing, caller } = context;
  const now = context.now();
  const headers = given.headers ?? {};
  const endpoint = em.create(Endpoint, {
    ...tenantOf(caller),
    id,
    url: given.url,
    events: [...new Set(given.events)],
    description: given.description ?? null,
    filter: given.filter ?? null,
    apiVersion: given.apiVersion ?? '1',
    status: 'disabled',
    disabledReason: 'unverified',
    secret: sealedEndpoint.secret.seal(keyRing, id, given.secret ?? newSecret()),
    headers: Object.keys(headers).length === 0 ? null : sealedEndpoint.headers.seal(keyRing, id, headers),
    schedule: given.schedule ?? 'standard',
    ratePerSecond: given.ratePerSecond ?? null,
    concurrency: given.concurrency ?? CONCURRENCY_DEFAULT,
    circuit: 'closed',
    circuitFailures: 0,
    createdAt: now,
    updatedAt: now,
  });
  em.persist(endpoint);
  await em.flush();
  return openEndpoint(keyRing, endpoint, now);
}

/** Registrations of one tenant go one after the other, so that two at once cannot both be the 50th. */
async function requireRoom(em: EntityManager, { caller: { accountId, mode } }: SubgraphContext): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`webhook endpoints of ${accountId} ${mode}`]);
  if ((await em.count(Endpoint, {})) < ENDPOINTS_MAX) return;
  throw new AppError('INVALID_STATE', `There may be at most ${ENDPOINTS_MAX} webhooks. Delete one that is no longer needed.`);
}
