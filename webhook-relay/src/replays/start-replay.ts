import { LockMode } from '@mikro-orm/core';
import { AppError, invalid, notFound } from '@portico/contracts/errors';
import { EVENT_CATALOGUE } from '@portico/contracts/events/catalogue';
import { instantInUtc } from '@portico/contracts/instants';
import { createOnce } from '@portico/service-kit/database/create-once';
import { tenantOf } from '@portico/service-kit/database/tenant';
import { parseInput } from '@portico/service-kit/parse-input';
import type { Row } from '@portico/service-kit/reads/reads';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { z } from 'zod';
import { Endpoint } from '../endpoint.entity.ts';
import { findEndpoint } from '../endpoints/endpoint-row.ts';
import type { RelayGraph } from '../relay-graph.ts';
import { ReplayJob, type ReplaySelection } from '../replay-job.entity.ts';
import { countReplayed } from './count-replayed.ts';

export const PER_SECOND = { byDefault: 50, max: 1_000 };
/** Of one endpoint at the same time. */
const RUNNING_MAX = 5;

const request = z.object({
  what: z.enum(['failed', 'missing', 'all']),
  since: instantInUtc,
  until: instantInUtc.nullish(),
  events: z
    .array(z.enum([...EVENT_CATALOGUE.keys()]))
    .max(EVENT_CATALOGUE.size)
    .nullish(),
  perSecond: z.int().min(1).max(PER_SECOND.max).nullish(),
  dryRun: z.boolean().nullish(),
});

/**
 * Starts a job that sends deliveries of one endpoint again; with `dryRun` answers only how many there are. VALIDATION_ERROR for fields,
 * INVALID_STATE for an endpoint that was never verified, CONFLICT when enough of its replays are running.
 */
export async function startReplay(context: SubgraphContext, relay: RelayGraph, endpointId: string, input: unknown): Promise<Row> {
  const given = parseInput(request, input);
  const until = given.until ?? context.now().toISOString();
  if (until < given.since) throw invalid({ since: 'It must not be after the end.' });
  const selection: ReplaySelection = { what: given.what, since: given.since, until, events: [...new Set(given.events ?? [])] };
  const perSecond = given.perSecond ?? PER_SECOND.byDefault;
  const endpoint = await context.write((em) => findEndpoint(em, endpointId));
  requireVerified(endpoint);
  const total = await countReplayed(context, endpoint, selection);
  if (given.dryRun === true) return { endpointId, ...selection, total, queued: 0, perSecond };
  const row = await createOnce<Row>(context, 'replay', 'replay_job_pkey', {
    find: (id) => findReplay(context, id),
    create: (id) => addReplay(context, { id, endpointId, selection, total, perSecond }),
  });
  relay.wake();
  return row;
}

/** A job as the resolvers take it. */
export function replayRow({ selection, accountId: _, mode: __, cursor: ___, ...job }: ReplayJob): Row {
  return { ...job, ...selection };
}

type NewReplay = { id: string; endpointId: string; selection: ReplaySelection; total: number; perSecond: number };

function addReplay(context: SubgraphContext, replay: NewReplay): Promise<Row> {
  return context.write(async (em) => {
    // The endpoint's row is held: starts of its replays go one after the other, and a deletion comes before this or finds the job.
    const endpoint = await em.findOne(Endpoint, { id: replay.endpointId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (endpoint === null) throw notFound('webhook', replay.endpointId);
    const { id: endpointId } = endpoint;
    if ((await em.count(ReplayJob, { endpointId, status: 'running' })) >= RUNNING_MAX)
      throw new AppError('CONFLICT', `At most ${RUNNING_MAX} replays of a webhook run at the same time.`);
    const now = context.now();
    const job = em.create(ReplayJob, {
      ...tenantOf(context.caller),
      ...replay,
      status: 'running',
      queued: 0,
      createdAt: now,
      updatedAt: now,
    });
    em.persist(job);
    await em.flush();
    return replayRow(job);
  });
}

function findReplay(context: SubgraphContext, id: string): Promise<Row | undefined> {
  return context.write(async (em) => {
    const job = await em.findOne(ReplayJob, { id });
    return job === null ? undefined : replayRow(job);
  });
}

function requireVerified({ status, disabledReason }: Endpoint): void {
  if (disabledReason !== 'unverified') return;
  throw new AppError('INVALID_STATE', 'The webhook has never answered. A test that it answers activates it.', {
    details: { status, disabledReason },
  });
}
