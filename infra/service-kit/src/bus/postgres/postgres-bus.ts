// The bus as a log in PostgreSQL. Publishing inserts rows; a consumer is a cursor over (transaction id, row id), moved after each batch.
// A row may be read once no transaction that began before it can still commit.

import pg from 'pg';
import { startTask } from '../../background-task.ts';
import type { Logger } from '../../logger.ts';
import { sessionOptions } from '../../sql/session-options.ts';
import { consumerName } from '../consumers.ts';
import { type BusEvent, EVENT_AGE_MAX_MS, type EventBus, type HandleEvents, messageIdOf } from '../event-bus.ts';
import { type ExclusiveTurn, startExclusiveWork } from '../exclusive-work.ts';
import { preparePostgresBus } from './postgres-bus-ddl.ts';

const CHANNEL = 'bus';
/** After a wake the next row may have to wait for an older transaction, whose end nobody announces: looked for soon, then less and less often. */
const IDLE_MIN_MS = 2;
const IDLE_MAX_MS = 1_000;
const PRUNE_MS = 600_000;
const PRUNE_ROWS = 5_000;
const POOL_MAX = 5;

// The notification is of the same statement, and so of the same commit: one per batch.
const PUBLISH = `with added as (
    insert into bus.event (message_id, event)
    select message_id, event from unnest($1::text[], $2::json[]) with ordinality as given (message_id, event, position) order by position
    on conflict (message_id) do nothing returning 1
  ) select pg_notify('${CHANNEL}', '') from (select 1 from added limit 1) as any_added`;
const READ = `select id, xid, event from bus.event
  where (xid, id) > ($1::xid8, $2::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, id limit $3`;
const ADVANCE = `update bus.consumer set xid = $2, id = $3 where name = $1 and (xid, id) < ($2::xid8, $3::bigint) returning name`;
const OLDEST_WAITING = `select created_at from bus.event
  where (xid, id) > (coalesce((select xid from bus.consumer where name = $1), '0'), coalesce((select id from bus.consumer where name = $1), 0))
  order by xid, id limit 1`;
// Rows are as old as their ids, so the first few tell; a condition on the time alone would read the whole log to find nothing.
const PRUNE = `with first as (select id, created_at from bus.event order by id limit ${PRUNE_ROWS})
  delete from bus.event using first where event.id = first.id and first.created_at < now() - $1 * interval '1 millisecond' returning event.id`;

/** Makes the tables and answers the bus. Rejects when PostgreSQL cannot be reached: nothing else works without it either. */
export async function openPostgresBus({ databaseUrl, logger }: { databaseUrl: string; logger: Logger }): Promise<EventBus> {
  await preparePostgresBus(databaseUrl);
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: 'portico bus',
    max: POOL_MAX,
    connectionTimeoutMillis: 5_000,
    options: sessionOptions({ statement_timeout: 10_000 }),
    // One whose answer does not come is left: whoever waits here has others wait, for it holds a lock.
    query_timeout: 15_000,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced by the next statement, which reports what it finds.
  pool.on('error', () => {});
  const pruning = startTask({
    operation: 'removal of old events',
    idleMs: PRUNE_MS,
    work: async (signal) => {
      while (!signal.aborted && (await pool.query(PRUNE, [EVENT_AGE_MAX_MS])).rowCount === PRUNE_ROWS);
    },
    logger,
  });
  return {
    kind: 'postgres',
    async publish(events) {
      if (events.length === 0) return;
      await pool.query({
        name: 'publish',
        text: PUBLISH,
        values: [events.map(messageIdOf), events.map((event) => JSON.stringify(event))],
      });
    },
    consume: async ({ name, batchMax }, handle) =>
      startExclusiveWork({
        databaseUrl,
        name: consumerName(name),
        channel: CHANNEL,
        logger,
        work: (turn) => readOn(turn, { name, batchMax }, handle),
      }),
    oldestWaiting: async (consumer) => (await pool.query<{ created_at: Date }>(OLDEST_WAITING, [consumer])).rows[0]?.created_at ?? null,
    check: () =>
      pool.query('select 1').then(
        () => ({ status: 'up' }),
        () => ({ status: 'down' }),
      ),
    async [Symbol.asyncDispose]() {
      await pruning[Symbol.asyncDispose]();
      await pool.end();
    },
  };
}

type LogRow = { id: string; xid: string; event: BusEvent };

async function readOn(turn: ExclusiveTurn, options: { name: string; batchMax: number }, handle: HandleEvents): Promise<void> {
  const { name, batchMax } = options;
  await turn.run('insert into bus.consumer (name) values ($1) on conflict (name) do nothing', [name]);
  let [cursor] = (await turn.run('select xid, id from bus.consumer where name = $1', [name])) as Pick<LogRow, 'xid' | 'id'>[];
  let idleMs = IDLE_MIN_MS;
  while (!turn.signal.aborted) {
    const rows = (await turn.run(READ, [cursor?.xid, cursor?.id, batchMax])) as LogRow[];
    const last = rows.at(-1);
    if (last === undefined) {
      idleMs = (await turn.pause(idleMs)) ? IDLE_MIN_MS : Math.min(idleMs * 2, IDLE_MAX_MS);
      continue;
    }
    await handle(rows.map(({ event }) => event));
    const advanced = await turn.run(ADVANCE, [name, last.xid, last.id]);
    if (advanced.length === 0) throw new Error(`The consumer ${name} was moved by another process.`);
    cursor = last;
    idleMs = IDLE_MIN_MS;
  }
}
