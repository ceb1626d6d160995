import type { RunStatement } from '@portico/service-kit/reads/reads';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';

/** Of an endpoint so many that are put aside are looked at, those that came first. */
const LOOKED_AT_MAX = 200;

/** By the index of what is due, in whose order those without a time come last. */
const FREE = `${allTenants('lines that nobody lets go')}select webhooks.let_go($1, array_agg(line.endpoint_id), array_agg(line.aggregate_id)) as freed
  from (select distinct d.endpoint_id, d.aggregate_id from webhooks.endpoint e cross join lateral (
    select d.endpoint_id, d.aggregate_id from webhooks.delivery d
    where d.endpoint_id = e.id and d.status = 'pending' and d.next_attempt_at is null
    order by d.next_attempt_at, d.position limit ${LOOKED_AT_MAX}) d) line`;

/**
 * Makes due what is put aside although nothing of its object is before it any more: that was deleted with events of its age, or completed by a release that
 * lets nobody go. Answers how many.
 */
export async function freeLines(run: RunStatement, now: Date): Promise<number> {
  const [row] = await run(FREE, [now]);
  return Number(row?.freed ?? 0);
}
