// How records come into the request log: a batch by one COPY, and in the same transaction what it adds to the usage. As JSON in one
// statement a row cost PostgreSQL 10 µs, and 2.3 more to be read again and counted (test/load/audit-cost.ts).
import { randomUUID } from 'node:crypto';
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

/** A partition was there and is not any more. */
const NO_PARTITION = '23514';
/** SQLSTATEs of what PostgreSQL does not understand or take. All else may pass, and the same batch is tried again. */
const OF_RECORD = /^(08P01|22|23(?!514)|54)/;
/** Tells how far a writer has come; nothing when it was there before. Waits for a transaction of its own that may still commit. */
const COME_TO = `insert into access.request_log_writer as known (id, batch, at) values ($1, $2, now())
  on conflict (id) do update set batch = excluded.batch, at = excluded.at where known.batch < excluded.batch returning batch`;

export type RecordInsertOptions = {
  /** Called for a record that PostgreSQL does not take. */
  refused(error: unknown): void;
  /** A connection on which PostgreSQL has said nothing for so long is given up. */
  answerMs: number;
};

/**
 * Each call is for the same batch as the call before when that threw, and for the next one otherwise: then a batch is there once, whatever
 * became of the answer. Throws for whatever is not the fault of a record, as a database that is away.
 */
export function createRecordInsert(
  context: AdminContext,
  { refused, answerMs }: RecordInsertOptions,
): (batch: RecordBatch) => Promise<void> {
  const writer = randomUUID();
  /** Batches that PostgreSQL has. */
  let written = 0;
  /** Why it did not take records of this batch. */
  let faults: unknown[] = [];
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
    const place = { writer, batch: written + 1, answerMs };
    try {
      await inTransaction(context, place, (link) => add(link, batch.bytes(), batch.counts));
    } catch (error) {
      if (!isOfRecord(error)) throw error;
      // One record that PostgreSQL does not take must not keep the others out.
      await inTransaction(context, place, async (link) => {
        faults = await addEach(link, batch.bytes().toString().split('\n').slice(0, -1));
      });
    }
  }

  return async (batch) => {
    try {
      await insert(batch);
    } catch (error) {
      if (codeOf(error) === NO_PARTITION) days.clear();
      throw error;
    }
    written += 1;
    for (const fault of faults.splice(0)) refused(fault);
  };
}

/** `patience`: ends the connection unless it is refreshed. */
type Link = { readonly client: pg.PoolClient; readonly patience: NodeJS.Timeout };
type Place = { readonly writer: string; readonly batch: number; readonly answerMs: number };

/** Does the work unless it was done. The connection is let go of as broken unless everything went well: what it waits for is not known then. */
async function inTransaction({ database }: AdminContext, place: Place, work: (link: Link) => Promise<void>): Promise<void> {
  const pool = (await database.orm.em.getConnection().getNativeClient()) as pg.Pool;
  let client: pg.PoolClient | undefined;
  let patience: NodeJS.Timeout | undefined;
  let failure: unknown;
  try {
    const own = await pool.connect();
    client = own;
    // With a statement under way, this cuts the connection off: a peer that hangs is not asked.
    patience = setTimeout(() => void (own as unknown as pg.Client).end(), place.answerMs);
    await own.query('begin');
    const { rows } = await own.query(COME_TO, [place.writer, place.batch]);
    if (rows.length > 0) await work({ client: own, patience });
    await own.query('commit');
  } catch (error) {
    failure = error;
    throw translateDatabaseError(error);
  } finally {
    clearTimeout(patience);
    client?.release(failure !== undefined);
  }
}

/** Rows and usage. */
async function add({ client, patience }: Link, lines: Buffer, counts: UsageCounts): Promise<void> {
  patience.refresh();
  const stream = client.query(copyFrom(COPY));
  stream.end(lines);
  await finished(stream);
  patience.refresh();
  await client.query(ADD_USAGE, [JSON.stringify([...counts.all()].map(messageOf))]);
  patience.refresh();
}

/** What PostgreSQL takes of them, found by halves. Answers why it did not take the others. */
async function addEach(link: Link, lines: readonly string[]): Promise<unknown[]> {
  const { client } = link;
  await client.query('savepoint records');
  try {
    await add(link, Buffer.from(lines.map((line) => `${line}\n`).join('')), countsOf(lines));
    await client.query('release savepoint records');
    return [];
  } catch (error) {
    if (!isOfRecord(error)) throw error;
    await client.query('rollback to savepoint records; release savepoint records');
    if (lines.length === 1) return [error];
  }
  const middle = Math.floor(lines.length / 2);
  return [...(await addEach(link, lines.slice(0, middle))), ...(await addEach(link, lines.slice(middle)))];
}

function messageOf({ day, errors, ...count }: UsageCount): object {
  return { ...count, day: dayOf(day * DAY_MS), errors: Object.fromEntries(errors) };
}

/** What lines add to the usage, read from their columns. None of these has a character that the format escapes. */
function countsOf(lines: readonly string[]): UsageCounts {
  const text = (value: string): string | null => (value === '\\N' ? null : value);
  const counts = createUsageCounts();
  for (const line of lines) {
    const [at = '', , account = '', mode = '', actor = '', , operation = '', , , status = '', errorCode = '', durationMs = ''] =
      line.split('\t');
    const known = { accountId: text(account), mode: mode === 'live' || mode === 'test' ? mode : null, actor: text(actor) } as const;
    const outcome = { operation: text(operation), status: Number(status), errorCode: text(errorCode), durationMs: Number(durationMs) };
    counts.add({ ...known, ...outcome }, Math.floor(Date.parse(at) / DAY_MS));
  }
  return counts;
}

function isOfRecord(error: unknown): boolean {
  const translated = translateDatabaseError(error);
  if (translated instanceof AppError) return translated.code === 'VALIDATION_ERROR';
  return OF_RECORD.test(codeOf(translated));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
