// What batches of records have added, folded into counts per account, key, route and day. A batch's part is a row of its own, written in the
// batch's transaction and deleted in the one that counts it: each request is counted once, however late its batch came, however often and
// in however many processes this runs, and whatever crashes.
import { LATENCY_BOUNDS_MS } from '@portico/contracts/audit';
import type { AdminContext } from '../context.ts';

const SUMS = Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, (_, i) => `sum(latency[${i + 1}])`).join(', ');

/** Parts of batches that are counted in one transaction: 5,000 took 0.4 s, and 120,000 longer than a statement may. */
const AT_ONCE = 5_000;
const FOLD = `with taken as (
    delete from access.usage_delta where ctid = any (array(select ctid from access.usage_delta limit ${AT_ONCE}))
    returning account_id, day, mode, key_id, route, requests, errors, latency
  ), counted as (
    select account_id, day, mode, key_id, route, sum(requests)::bigint as requests, array[${SUMS}]::bigint[] as latency from taken
    group by 1, 2, 3, 4, 5
  ), failed as (
    select account_id, day, mode, key_id, route, jsonb_object_agg(code, times) as errors from (
      select account_id, day, mode, key_id, route, code, sum(n::bigint) as times
      from taken, jsonb_each_text(errors) as one (code, n) where errors <> '{}' group by 1, 2, 3, 4, 5, 6
    ) by_code group by 1, 2, 3, 4, 5
  ), added as (
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
      )
  )
  select count(*)::int as taken from taken`;

/** Adds what is new to `access.usage_day`, bit by bit, until all is counted or `signal` is aborted. */
export async function rollUpUsage(context: AdminContext, signal?: AbortSignal): Promise<void> {
  while (signal?.aborted !== true && (await fold(context)) === AT_ONCE);
}

/** Answers how many parts of batches were counted. */
function fold({ database }: AdminContext): Promise<number> {
  return database.fork().transactional(async (em) => {
    // One at a time: two would wait for each other's rows.
    await em.execute(`select pg_advisory_xact_lock(hashtext('portico usage roll-up'))`);
    const [row] = await em.execute(FOLD);
    return Number(row?.taken);
  });
}
