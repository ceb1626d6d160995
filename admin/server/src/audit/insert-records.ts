// How records come into the request log: a batch by one statement, as JSON. As arrays for `unnest` 1,000 rows cost this process 3.5 ms
// instead of 1.6; PostgreSQL takes 8 ms for either.
import { AppError } from '@portico/contracts/errors';
import { translateDatabaseError } from '@portico/service-kit/database-errors';
import type { AdminContext } from '../context.ts';
import type { RecordBatch } from './record-batch.ts';
import { dayOf, makePartitions } from './request-log-partitions.ts';

const DAY_MS = 86_400_000;

const INSERT = `insert into access.request_log
  (at, request_id, account_id, mode, actor, method, operation, path, query, status, error_code, duration_ms, address, user_agent, written_by)
  select to_timestamp(r.at / 1000), r."requestId", r."accountId", r.mode, r.actor, r.method, r.operation, r.path, r.query, r.status,
    r."errorCode", r."durationMs", r.address, r."userAgent", tx.id
  from json_to_recordset($1::json) as r(at double precision, "requestId" text, "accountId" text, mode text, actor text, method text,
    operation text, path text, query text, status smallint, "errorCode" text, "durationMs" real, address text, "userAgent" text),
    (select pg_current_xact_id()::text::bigint as id) tx`;

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
    const bytes = batch.bytes();
    try {
      // JSON has its text as its binary form: bytes go to PostgreSQL as they are.
      await context.database.run(INSERT, [bytes]);
    } catch (error) {
      if (isAway(error)) throw error;
      await insertEach(bytes);
    }
  }

  /** One record that PostgreSQL does not take must not keep the others out. */
  async function insertEach(bytes: Buffer): Promise<void> {
    const records: unknown[] = JSON.parse(bytes.toString());
    for (const one of records) {
      try {
        await context.database.run(INSERT, [Buffer.from(JSON.stringify([one]))]);
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

/** Whether the same batch may be taken later: a fault of the database's reach, or of a lock, and not of a row. */
function isAway(error: unknown): boolean {
  const translated = translateDatabaseError(error);
  if (translated instanceof AppError) return true;
  // 23514: a partition that was there is not any more. 40…, 55…: another transaction was in the way.
  return translated instanceof Error && 'code' in translated && /^(23514|40|55)/.test(String(translated.code));
}
