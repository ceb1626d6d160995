// Counts of the request log per account, key, route and day. New rows are found by the transaction that wrote them: all transactions below
// the oldest one still running have ended, so that what they wrote is there and nothing more comes. Each row is counted once, however late
// it was written, however often and in however many processes this runs.
import { LATENCY_BOUNDS_MS } from '@portico/contracts/audit';
import type { AdminContext } from '../context.ts';

const CLASSES = LATENCY_BOUNDS_MS.length + 1;
const HISTOGRAM = Array.from({ length: CLASSES }, (_, i) => `count(*) filter (where class = ${i})`).join(', ');
// A duration that is a bound exactly belongs below it: width_bucket counts from the bound on, so both are compared negated.
const BOUNDS = [...LATENCY_BOUNDS_MS].map((bound) => -bound).reverse();

const COUNT = `with fresh as (
    select coalesce(account_id, '') as account_id, (at at time zone 'UTC')::date as day, coalesce(mode, '') as mode,
      coalesce(actor, '') as key_id, coalesce(operation, '') as route, status, coalesce(error_code, status::text) as code,
      ${CLASSES - 1} - width_bucket(-duration_ms::numeric, array[${BOUNDS.join(', ')}]::numeric[]) as class
    from access.request_log where written_by >= $1 and written_by < $2
  ), counted as (
    select account_id, day, mode, key_id, route, count(*) as requests, array[${HISTOGRAM}] as latency from fresh group by 1, 2, 3, 4, 5
  ), failed as (
    select account_id, day, mode, key_id, route, jsonb_object_agg(code, times) as errors from (
      select account_id, day, mode, key_id, route, code, count(*) as times from fresh where status >= 400 group by 1, 2, 3, 4, 5, 6
    ) by_code group by 1, 2, 3, 4, 5
  )
  insert into access.usage_day as kept (account_id, day, mode, key_id, route, requests, errors, latency)
  select account_id, day, mode, key_id, route, requests, coalesce(errors, '{}'), latency
  from counted left join failed using (account_id, day, mode, key_id, route)
  order by account_id, day, mode, key_id, route
  on conflict (account_id, day, mode, key_id, route) do update set
    requests = kept.requests + excluded.requests,
    errors = (
      select coalesce(jsonb_object_agg(code, times), '{}') from (
        select code, sum(n::bigint) as times
        from (select * from jsonb_each_text(kept.errors) union all select * from jsonb_each_text(excluded.errors)) as both_sides (code, n)
        group by code
      ) merged
    ),
    latency = (
      select array_agg(coalesce(old, 0) + new order by i) from unnest(kept.latency, excluded.latency) with ordinality as pair (old, new, i)
    )`;

/** Adds what is new to `access.usage_day`. */
export async function rollUpUsage({ database }: AdminContext): Promise<void> {
  await database.fork().transactional(async (em) => {
    const [progress] = await em.execute('select counted_before from access.usage_progress for update');
    // Asked for after the row is held: whoever held it before has committed what he counted.
    const [horizon] = await em.execute('select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xid');
    const [from, to] = [Number(progress?.counted_before), Number(horizon?.xid)];
    if (to <= from) return;
    await em.execute(COUNT.replaceAll('$1', String(from)).replaceAll('$2', String(to)));
    await em.execute('update access.usage_progress set counted_before = ?', [to]);
  });
}
