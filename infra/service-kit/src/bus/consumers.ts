// How many processes consume under a name: one does, the others wait for their turn. Each has a connection for it, which is named so.
import type { RunStatement } from '../reads/reads.ts';

const PREFIX = 'portico consumer';
const COUNT = `select count(*)::int as count from pg_stat_activity where datname = current_database() and application_name like $1`;

/** Of the exclusive work, its lock and its connection. */
export function consumerName(name: string, namespace?: string): string {
  return [PREFIX, ...(namespace === undefined ? [] : [namespace]), name].join(' ');
}

/** A connection that is just being made is not counted yet. */
export async function countConsumers(run: RunStatement, name: string): Promise<number> {
  return Number((await run(COUNT, [`${PREFIX} %${name}`]))[0]?.count);
}
