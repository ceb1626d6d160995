// The request log has a partition per day (UTC). Old days go by dropping their partition: nothing is deleted row by row.
import type { AdminContext } from '../context.ts';

const DAY_MS = 86_400_000;
const NAME = /^request_log_(\d{4})(\d{2})(\d{2})$/;
/** How long making or dropping a partition may keep requests' rows waiting; the next run tries again. */
const LOCK_TIMEOUT = '2s';
/** Longer than a batch may wait to be written again. */
const WRITERS_KEPT = '7 days';

/** `2026-11-21` of a moment. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

export function partitionOf(day: string): string {
  return `request_log_${day.replaceAll('-', '')}`;
}

/** Makes the partitions of these days, unless they are there. */
export async function makePartitions({ database }: AdminContext, days: readonly string[]): Promise<void> {
  await database.fork().transactional(async (em) => {
    await em.execute(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
    await em.execute(`select pg_advisory_xact_lock(hashtext('portico request log partitions'))`);
    for (const day of days) {
      const name = partitionOf(day);
      const [found] = await em.execute('select to_regclass(?) is not null as there', [`access.${name}`]);
      if (found?.there === true) continue;
      // Made apart and attached: unlike `partition of`, that waits for no reader and makes no writer wait.
      await em.execute(`create table access.${name} (like access.request_log including defaults including constraints)`);
      await em.execute(
        `alter table access.request_log attach partition access.${name} for values from ('${day}T00:00:00Z') to ('${nextDay(day)}T00:00:00Z')`,
      );
      await em.execute(`create trigger append_only_truncate before truncate on access.${name} execute function access.refuse_change()`);
    }
  });
}

/** Makes today's and tomorrow's partition and drops those older than `retentionDays` by every clock, and forgets writers that have ended. Answers the days that were dropped. */
export async function keepPartitions(context: AdminContext, retentionDays: number): Promise<string[]> {
  const now = context.now().getTime();
  await makePartitions(context, [dayOf(now), dayOf(now + DAY_MS)]);
  const [databases] = await context.database.run('select extract(epoch from now())::float8 * 1000 as now', []);
  // What is dropped is gone: a process whose clock is ahead must not be believed.
  const oldest = dayOf(Math.min(now, Number(databases?.now)) - retentionDays * DAY_MS);
  const expired = (await listPartitions(context)).filter((day) => day < oldest);
  for (const day of expired) {
    await context.database.fork().transactional(async (em) => {
      await em.execute(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
      await em.execute(`drop table if exists access.${partitionOf(day)}`);
    });
  }
  await context.database.run(`delete from access.request_log_writer where at < now() - interval '${WRITERS_KEPT}'`, []);
  return expired;
}

/** The days that have a partition, oldest first. */
export async function listPartitions({ database }: AdminContext): Promise<string[]> {
  const rows = await database.run(
    `select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = to_regclass($1) order by 1`,
    ['access.request_log'],
  );
  return rows.flatMap(({ relname }) => {
    const match = NAME.exec(String(relname));
    return match === null ? [] : [`${match[1]}-${match[2]}-${match[3]}`];
  });
}

function nextDay(day: string): string {
  return dayOf(Date.parse(day) + DAY_MS);
}
