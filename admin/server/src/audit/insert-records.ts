// How records come into the request log: a batch by one COPY, and in the same transaction what it adds to the usage. As JSON in one
// statement a row cost PostgreSQL 10 µs, and 2.3 more to be read again and counted (test/load/audit-cost.ts).
import { finished } from 'node:stream/promises';
import { AppError } from '@portico/contracts/errors';
import { translateDatabaseError } from '@portico/service-kit/database/database-errors';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { AdminContext } from '../context.ts';
import { LINE_COLUMNS, type RecordBatch } from './record-batch.ts';
import { dayOf, makePartitions } from './request-log-partitions.ts';
import { createUsageCounts, type UsageCount, type UsageCounts } from './usage-counts.ts';

const DAY_MS = 86_400_000;
const COPY = `copy access.request_log (${LINE_COLUMNS}) from stdin`;
const ADD_USAGE = `insert into access.usage_delta (account_id, day, mode, key_id, route, requests, errors, latency)
  select "accountId", day, mode, "keyId", route, requests, errors, latency from json_to_recordset($1::json)
    as r("accountId" text, day date, mode text, "keyId" text, route text, requests bigint, errors jsonb, latency bigint[])`;

/** Throws when the database is away: the same batch can be inserted later. `refused` is called for a record that it does not take. */
export function createRecordInsert(context: AdminContext, refused: (error: unknown) => void): (batch: RecordBatch) => Promise<void> {
  /** Days that had a partition when they were last seen to. */
  const days = new Set<number>();

  async function insert(batch: RecordBatch): Promise<void> {
    const missing = [...batch.days].filter((day) => !days.has(day));
    if (missing.length > 0)
      await makePartitions(
        context,
        missing.map((day) => dayOf(day * DAY_MS)),
      );
    for (const day of missing) days.add(day);
    try {
      await write(context, batch.bytes(), batch.counts);
    } catch (error) {
      if (isAway(error)) throw error;
      await insertEach(batch);
    }
  }

  /** One record that PostgreSQL does not take must not keep the others out. */
  async function insertEach(batch: RecordBatch): Promise<void> {
    const lines = batch.bytes().toString().split('\n').slice(0, -1);
    for (const line of lines) {
      try {
        await write(context, Buffer.from(`${line}\n`), countsOf(line));
      } catch (error) {
        if (isAway(error)) throw error;
        refused(error);
      }
    }
  }

  return (batch) =>
    insert(batch).catch((error: unknown) => {
      days.clear();
      throw error;
    });
}

/** Rows and usage, both or neither. The connection is let go of as broken unless everything went well: what it waits for is not known then. */
async function write({ database }: AdminContext, lines: Buffer, counts: UsageCounts): Promise<void> {
  const pool = (await database.orm.em.getConnection().getNativeClient()) as pg.Pool;
  let client: pg.PoolClient | undefined;
  let failure: unknown;
  try {
    client = await pool.connect();
    await client.query('begin');
    const stream = client.query(copyFrom(COPY));
    stream.end(lines);
    await finished(stream);
    await client.query(ADD_USAGE, [JSON.stringify([...counts.all()].map(messageOf))]);
    await client.query('commit');
  } catch (error) {
    failure = error;
    throw translateDatabaseError(error);
  } finally {
    client?.release(failure !== undefined);
  }
}

function messageOf({ day, errors, ...count }: UsageCount): object {
  return { ...count, day: dayOf(day * DAY_MS), errors: Object.fromEntries(errors) };
}

/** What one line adds to the usage, read from its columns. None of them has a character that the format escapes. */
function countsOf(line: string): UsageCounts {
  const [at = '', , account = '', mode = '', actor = '', , operation = '', , , status = '', errorCode = '', durationMs = ''] =
    line.split('\t');
  const text = (value: string): string | null => (value === '\\N' ? null : value);
  const counts = createUsageCounts();
  const known = { accountId: text(account), mode: mode === 'live' || mode === 'test' ? mode : null, actor: text(actor) } as const;
  const outcome = { operation: text(operation), status: Number(status), errorCode: text(errorCode), durationMs: Number(durationMs) };
  counts.add({ ...known, ...outcome }, Math.floor(Date.parse(at) / DAY_MS));
  return counts;
}

/** Whether the same batch may be taken later: a fault of the database's reach, or of a lock, and not of a row. */
function isAway(error: unknown): boolean {
  const translated = translateDatabaseError(error);
  if (translated instanceof AppError) return translated.code === 'SERVICE_UNAVAILABLE';
  // 23514: a partition that was there is not any more. 40…, 55…: another transaction was in the way.
  return translated instanceof Error && 'code' in translated && /^(23514|40|55)/.test(String(translated.code));
}
