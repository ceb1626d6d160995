// The log of attempts in partitions of a day (UTC): made ahead, and dropped whole when all in them is older than the log is kept.
import type { Database } from '@portico/service-kit/database/orm';
import type { RunStatement } from '@portico/service-kit/reads/reads';

export const KEPT_DAYS = 30;
const DAYS_AHEAD = 3;
const DAY_MS = 24 * 3_600_000;

const EXISTING = `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'webhooks.attempt'::regclass`;

/** Answers how many partitions were dropped. One process at a time: `if not exists` alone lets two collide. */
export function keepPartitions({ transaction }: Pick<Database, 'transaction'>, now: Date): Promise<number> {
  return transaction(async (run) => {
    await run('select pg_advisory_xact_lock(hashtextextended($1, 0))', ['webhook partitions']);
    return makeAndDrop(run, now);
  });
}

async function makeAndDrop(run: RunStatement, now: Date): Promise<number> {
  const today = Math.floor(now.getTime() / DAY_MS);
  const existing = new Set((await run(EXISTING, [])).map(({ name }) => String(name)));
  // Yesterday too: an attempt belongs to the day on which it began.
  for (let day = today - 1; day <= today + DAYS_AHEAD; day += 1) if (!existing.has(nameOf(day))) await make(run, day);
  const oldest = nameOf(today - KEPT_DAYS - 1);
  const past = [...existing].filter((name) => /^attempt_\d{8}$/.test(name) && name < oldest);
  for (const name of past) await run(`drop table if exists webhooks.${name}`, []);
  return past.length;
}

async function make(run: RunStatement, day: number): Promise<void> {
  const [from, to] = [dateOf(day), dateOf(day + 1)];
  await run(
    `create table if not exists webhooks.${nameOf(day)} partition of webhooks.attempt for values from ('${from} 00:00+00') to ('${to} 00:00+00')`,
    [],
  );
}

function nameOf(day: number): string {
  return `attempt_${dateOf(day).replaceAll('-', '')}`;
}

function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
