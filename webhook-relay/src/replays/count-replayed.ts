// How many deliveries a bulk replay would put to work. Counted as the job selects them: by the times of deliveries for what was queued once,
// by the times of events for what never was.
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import type { Endpoint } from '../endpoint.entity.ts';
import { ALL_EVENTS } from '../endpoints/endpoint-input.ts';
import { matches } from '../filtering/event-filter.ts';
import type { ReplaySelection } from '../replay-job.entity.ts';

type Replayed = Pick<Endpoint, 'id' | 'events' | 'filter'>;

const PAGE = 2_000;

export async function countReplayed(context: SubgraphContext, endpoint: Replayed, selection: ReplaySelection): Promise<number> {
  const { what } = selection;
  const queued = what === 'missing' ? 0 : await countQueued(context, endpoint.id, selection);
  return queued + (what === 'failed' ? 0 : await countMissing(context, endpoint, selection));
}

async function countQueued({ run, caller }: SubgraphContext, endpointId: string, { what, since, until, events }: ReplaySelection) {
  const [row] = await run(
    `select count(*)::int as "count" from webhooks.delivery t
     where t.account_id = $1 and t.mode = $2 and t.endpoint_id = $3 and t.created_at >= $4 and t.created_at <= $5
       and t.status = any($6) and (cardinality($7::text[]) = 0 or t.event_type = any($7))`,
    [caller.accountId, caller.mode, endpointId, since, until, what === 'failed' ? ['dead'] : ['dead', 'succeeded'], events],
  );
  return Number(row?.count ?? 0);
}

/** A filter looks into payloads, which only this program can do: the events are walked then. */
async function countMissing(context: SubgraphContext, endpoint: Replayed, selection: ReplaySelection): Promise<number> {
  const { run, caller } = context;
  const { filter } = endpoint;
  const values = [caller.accountId, caller.mode, selection.since, selection.until, wantedTypes(endpoint, selection), endpoint.id];
  const from = `from webhooks.event e
    where e.account_id = $1 and e.mode = $2 and e.occurred_at >= $3 and e.occurred_at <= $4 and ($5::text[] is null or e.type = any($5))
      and not exists (select from webhooks.delivery d
        where d.account_id = e.account_id and d.mode = e.mode and d.event_id = e.id and d.endpoint_id = $6)
      and not exists (select from webhooks.lease l where l.endpoint_id = $6 and l.event_id = e.id)`;
  if (filter === null || filter === undefined) return Number((await run(`select count(*)::int as "count" ${from}`, values))[0]?.count ?? 0);
  let count = 0;
  let last: readonly unknown[] = [new Date(0), ''];
  for (;;) {
    const text = `select e.id, e.occurred_at as "occurredAt", e.payload ${from} and (e.occurred_at, e.id) > ($7, $8) order by e.occurred_at, e.id limit ${PAGE}`;
    const rows = await run(text, [...values, ...last]);
    count += rows.filter(({ payload }) => matches(filter, payload)).length;
    const edge = rows.at(-1);
    if (rows.length < PAGE || edge === undefined) return count;
    last = [edge.occurredAt, edge.id];
  }
}

/** Types that the endpoint takes and the replay names; null for all there are. */
export function wantedTypes({ events: taken }: Pick<Endpoint, 'events'>, { events: named }: ReplaySelection): readonly string[] | null {
  if (taken.includes(ALL_EVENTS)) return named.length === 0 ? null : named;
  return named.length === 0 ? taken : named.filter((type) => taken.includes(type));
}
