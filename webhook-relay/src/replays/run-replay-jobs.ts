// Bulk replays go on by themselves, a second's worth of deliveries at a time. A step is one transaction: the deliveries it puts to work, the cursor
// and the count move together, so a process that is killed in the middle has moved nothing, and whoever comes next goes on from the cursor.
import { newId } from '@portico/contracts/ids';
import type { Database } from '@portico/service-kit/database/orm';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import type { Endpoint } from '../endpoint.entity.ts';
import { matches } from '../filtering/event-filter.ts';
import type { ReplayJob } from '../replay-job.entity.ts';
import { storedTime } from '../stored-time.ts';
import { wantedTypes } from './count-replayed.ts';

const STEP_MS = 1_000;
const FAILED_STEP_MS = 60_000;
/** Events that a step looks at when the endpoint's filter lets few of them through. */
const SCANNED_MAX = 2_000;

type Job = Pick<ReplayJob, 'id' | 'accountId' | 'mode' | 'endpointId' | 'selection' | 'perSecond'> &
  Pick<Endpoint, 'events' | 'filter'> & { readonly cursor: Cursor | null };
/** Where it is: among deliveries that were queued once, or among events that never were. */
type Cursor = { readonly part: 'queued' | 'missing'; readonly at: string; readonly id: string };
type Step = { readonly queued: number; readonly cursor: Cursor | null };

const REASON = allTenants('replays of any tenant');
/** `leased_until` is when the next step may begin; the row's lock is what keeps two processes from doing the same one. */
const NEXT = `${REASON}select j.id, j.account_id as "accountId", j.mode, j.endpoint_id as "endpointId", j.selection, j.per_second as "perSecond",
    j.cursor::jsonb as cursor, e.events, e.filter
  from webhooks.replay_job j join webhooks.endpoint e on e.id = j.endpoint_id
  where j.status = 'running' and (j.leased_until is null or j.leased_until <= $1)
  order by j.leased_until nulls first, j.id limit 1 for no key update of j skip locked`;
const MOVE_ON = `${REASON}update webhooks.replay_job set cursor = $2, queued = queued + $3, leased_until = $4, updated_at = $5,
    status = case when $6 then 'completed' else status end, completed_at = case when $6 then $5::timestamptz end, version = version + 1
  where id = $1`;
const POSTPONE = `${REASON}update webhooks.replay_job set leased_until = $2 where id = $1 and status = 'running'`;
const REQUEUE = `${REASON}with page as (
    select d.id, d.created_at from webhooks.delivery d
    where d.account_id = $1 and d.mode = $2 and d.endpoint_id = $3 and d.created_at >= $4 and d.created_at <= $5
      and d.status = any($6) and (cardinality($7::text[]) = 0 or d.event_type = any($7)) and (d.created_at, d.id) > ($8, $9)
    order by d.created_at, d.id limit $10
  ), moved as (
    update webhooks.delivery d set status = 'pending', attempts = 0, next_attempt_at = $11, completed_at = null, replay_job_id = $12
    from page where d.id = page.id and d.status = any($6) and d.replay_job_id is distinct from $12
    returning d.id
  )
  select page.id, page.created_at as at, moved.id is not null as moved from page left join moved using (id) order by page.created_at, page.id`;
const MISSING = `${REASON}select e.id, e.occurred_at as at, e.type, e.aggregate_id as "aggregateId", e.payload from webhooks.event e
  where e.account_id = $1 and e.mode = $2 and e.occurred_at >= $3 and e.occurred_at <= $4 and ($5::text[] is null or e.type = any($5))
    and not exists (select from webhooks.delivery d where d.event_id = e.id and d.endpoint_id = $6)
    and not exists (select from webhooks.lease l where l.endpoint_id = $6 and l.event_id = e.id) and (e.occurred_at, e.id) > ($7, $8)
  order by e.occurred_at, e.id limit $9`;
const INSERT = `${REASON}insert into webhooks.delivery
    (id, account_id, mode, event_id, endpoint_id, event_type, aggregate_id, status, next_attempt_at, created_at, replay_job_id)
  select n.id, $2, $3, n."eventId", $4, n.type, n."aggregateId", 'pending', $5, $5, $6
  from jsonb_to_recordset($1::jsonb) as n(place int, id text, "eventId" text, type text, "aggregateId" text) order by n.place
  on conflict (event_id, endpoint_id) do nothing returning id`;

/**
 * One step of the job that waits longest. Answers the endpoint that has something to do, or undefined when no job is due. Rejects when the step
 * fails: it did not happen then, and its job waits a minute, so that those behind it have their turns.
 */
export async function runReplayStep(database: Pick<Database, 'transaction' | 'run'>, now: Date): Promise<string | undefined> {
  let begun: Job | undefined;
  try {
    return await database.transaction(async (run) => {
      const [job] = (await run(NEXT, [now])) as Job[];
      begun = job;
      if (job === undefined) return undefined;
      const { queued, cursor } = await step(run, job, now);
      await run(MOVE_ON, [job.id, cursor === null ? null : JSON.stringify(cursor), queued, after(now, STEP_MS), now, cursor === null]);
      return job.endpointId;
    });
  } catch (error) {
    if (begun !== undefined) await database.run(POSTPONE, [begun.id, after(now, FAILED_STEP_MS)]);
    throw error;
  }
}

function step(run: RunStatement, job: Job, now: Date): Promise<Step> {
  const { what } = job.selection;
  const start: Cursor = { part: what === 'missing' ? 'missing' : 'queued', at: new Date(0).toISOString(), id: '' };
  const cursor = job.cursor ?? start;
  return cursor.part === 'queued' ? requeue(run, job, cursor, now) : queueMissing(run, job, cursor, now);
}

async function requeue(run: RunStatement, job: Job, cursor: Cursor, now: Date): Promise<Step> {
  const { accountId, mode, endpointId, selection, perSecond, id } = job;
  const { what, since, until, events } = selection;
  const statuses = what === 'failed' ? ['dead'] : ['dead', 'succeeded'];
  const scope = [accountId, mode, endpointId, since, until, statuses, events];
  const rows = await run(REQUEUE, [...scope, cursor.at, cursor.id, perSecond, now, id]);
  const queued = rows.filter(({ moved }) => moved === true).length;
  const last = rows.at(-1);
  if (rows.length === perSecond && last !== undefined) return { queued, cursor: at('queued', last) };
  return { queued, cursor: what === 'failed' ? null : { part: 'missing', at: new Date(0).toISOString(), id: '' } };
}

async function queueMissing(run: RunStatement, job: Job, cursor: Cursor, now: Date): Promise<Step> {
  const { accountId, mode, endpointId, selection, perSecond, id, filter } = job;
  const limit = !filter ? perSecond : SCANNED_MAX;
  const scope = [accountId, mode, selection.since, selection.until, wantedTypes(job, selection), endpointId];
  const rows = await run(MISSING, [...scope, cursor.at, cursor.id, limit]);
  const wanted = rows.filter(({ payload }) => !filter || matches(filter, payload));
  const taken = wanted.slice(0, perSecond);
  const deliveries = taken.map((event, place) => ({ ...event, payload: undefined, place, eventId: event.id, id: newId('delivery') }));
  const inserted = await run(INSERT, [JSON.stringify(deliveries), accountId, mode, endpointId, now, id]);
  const last = wanted.length > perSecond ? taken.at(-1) : rows.at(-1);
  const done = rows.length < limit && wanted.length <= perSecond;
  return { queued: inserted.length, cursor: done || last === undefined ? null : at('missing', last) };
}

function after(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms);
}

function at(part: Cursor['part'], row: Readonly<Record<string, unknown>>): Cursor {
  return { part, at: storedTime(row.at).toISOString(), id: String(row.id) };
}
