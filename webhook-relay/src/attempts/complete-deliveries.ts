// What became of attempts, in one statement for a batch: the deliveries, for those whose lease still stands, and the log. A completion that comes
// after its lease ended changes no delivery, for another process has it by then; the attempt was made all the same and is in the log.
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import type { AttemptResult } from './attempt-delivery.ts';

const COMPLETE = `${allTenants('what became of attempts')}with given as materialized (
    select * from json_to_recordset($1::json) as g("deliveryId" text, lease uuid, status text, spent int, "nextAt" timestamptz, reason text,
      "completedAt" timestamptz, "accountId" text, mode text, "endpointId" text, "eventId" text, outcome text, "attemptId" text, number int,
      url text, "requestHeaders" jsonb, "requestBody" text, "responseStatus" int, "responseHeaders" jsonb, "responseBody" text,
      "responseTruncated" boolean, "errorCode" text, "errorMessage" text, timings jsonb, "durationMs" int, "startedAt" timestamptz)
  ), held as (
    delete from webhooks.lease l using given g where l.endpoint_id = g."endpointId" and l.delivery_id = g."deliveryId" and l.lease = g.lease
    returning l.delivery_id
  ), done as (
    update webhooks.delivery d set status = g.status, attempts = d.attempts + g.spent, next_attempt_at = g."nextAt", completed_at = g."completedAt",
      attempts_total = d.attempts_total + case when g."attemptId" is null then 0 else 1 end,
      last_error = case when g."attemptId" is null then d.last_error else g.reason end,
      last_response_status = case when g."attemptId" is null then d.last_response_status else g."responseStatus" end
    from given g join held on held.delivery_id = g."deliveryId" where d.id = g."deliveryId" and d.status = 'pending'
    returning d.id
  ), logged as (
    insert into webhooks.attempt (id, account_id, mode, delivery_id, endpoint_id, event_id, number, outcome, url, request_headers, request_body,
      response_status, response_headers, response_body, response_truncated, error_code, error_message, timings, duration_ms, started_at)
    select g."attemptId", g."accountId", g.mode, g."deliveryId", g."endpointId", g."eventId", g.number, g.outcome, g.url, g."requestHeaders",
      g."requestBody", g."responseStatus", g."responseHeaders", g."responseBody", g."responseTruncated", g."errorCode", g."errorMessage",
      g.timings, g."durationMs", g."startedAt"
    from given g where g."attemptId" is not null
    -- Written a second time when the answer to the first was lost.
    on conflict do nothing
  ), noted as (
    -- Whoever holds an endpoint has more to say about it; nobody waits for a note.
    update webhooks.endpoint e set last_succeeded_at = $3
    from (select n.id from webhooks.endpoint n where n.id = any($2) for no key update skip locked) n where e.id = n.id
  ), waiting as (
    -- The limit makes it one probe for each endpoint: a join would read all that is due, however much that is.
    select e."endpointId" as id from (select distinct "endpointId" from given) e cross join lateral (
      select from webhooks.delivery d where d.endpoint_id = e."endpointId" and d.status = 'pending' and d.next_attempt_at <= $3
        and not exists (select from webhooks.lease l where l.endpoint_id = d.endpoint_id and l.delivery_id = d.id and l.leased_until > $3)
      order by d.next_attempt_at, d.position limit 1) d
  )
  select (select coalesce(array_agg(id), '{}') from done) as stood, (select coalesce(array_agg(id), '{}') from waiting) as waiting,
    -- A success that PostgreSQL forgets when its machine dies is sent again; all else is said to last.
    case when $4 then set_config('synchronous_commit', 'off', true) end as committed`;

export type Completion = {
  /** Ids of the deliveries whose lease stood. */
  readonly stood: ReadonlySet<string>;
  /** Endpoints for which something else is due and nobody's. */
  readonly waiting: ReadonlySet<string>;
};

/** `succeeded`: endpoints whose last success is to be noted, and nothing else about them. */
export async function completeDeliveries(
  run: RunStatement,
  results: readonly AttemptResult[],
  { succeeded, now }: { succeeded: readonly string[]; now: Date },
): Promise<Completion> {
  const allSucceeded = results.every(({ verdict }) => verdict.kind === 'succeeded');
  const [row] = await run(COMPLETE, [JSON.stringify(results.map(rowOf)), succeeded, now, allSucceeded]);
  return { stood: new Set(row?.stood as string[]), waiting: new Set(row?.waiting as string[]) };
}

function rowOf(result: AttemptResult): Readonly<Record<string, unknown>> {
  const { delivery, attempt, verdict } = result;
  const { id: deliveryId, lease, accountId, mode, endpointId, eventId } = delivery;
  const { id: attemptId = null, ...logged } = attempt ?? {};
  const reason = 'reason' in verdict ? verdict.reason : null;
  return {
    ...logged,
    attemptId,
    deliveryId,
    lease,
    accountId,
    mode,
    endpointId,
    eventId,
    outcome: verdict.kind,
    reason,
    ...changeOf(result),
  };
}

function changeOf({ verdict, endedAt }: AttemptResult): { status: string; spent: number; nextAt: Date | null; completedAt: Date | null } {
  switch (verdict.kind) {
    case 'succeeded':
      return { status: 'succeeded', spent: 1, nextAt: null, completedAt: endedAt };
    case 'dead':
    case 'gone':
      return { status: 'dead', spent: 1, nextAt: null, completedAt: endedAt };
    case 'orphaned':
      return { status: 'cancelled', spent: 0, nextAt: null, completedAt: endedAt };
    case 'retry':
      return { status: 'pending', spent: 1, nextAt: new Date(verdict.atMs), completedAt: null };
    case 'throttled':
    case 'postponed':
      return { status: 'pending', spent: 0, nextAt: new Date(verdict.untilMs), completedAt: null };
    case 'given-up':
      return { status: 'pending', spent: 0, nextAt: endedAt, completedAt: null };
  }
}
