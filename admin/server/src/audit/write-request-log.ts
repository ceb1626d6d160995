// Requests leave their record in memory; records are written in batches, one COPY each, by one writer at a time and in order.
// A batch stays at the head of the queue until PostgreSQL has it: while the database is away records wait, and nothing is lost until the
// queue is full.
import { setTimeout as pause } from 'node:timers/promises';
import type { AuditSink } from '@portico/contracts/audit';
import { AppError } from '@portico/contracts/errors';
import type { Logger } from '@portico/service-kit/logger';
import { createOutage } from '@portico/service-kit/outage';
import type { AdminContext } from '../context.ts';
import { createRecordInsert } from './insert-records.ts';
import { BATCH_ROWS, createRecordBatch, type RecordBatch } from './record-batch.ts';

export type RequestLog = AuditSink & AsyncDisposable;

const BATCH_MS = 500;
const SPARE_MAX = 2;
/** About 50 MB: 20 s of 5,000 requests a second with the database away. */
const QUEUE_BATCHES_MAX = 20;
/** How long a stop waits for a database that is away. */
const LAST_WRITE_MS = 5_000;
/** Longer than a statement may take. */
const ANSWER_MS = 12_000;

/**
 * `record` costs 1.0 to 1.3 µs of a request that the response cache answers in 65 µs (by profile), and makes no promise. PostgreSQL takes
 * 5 to 6 µs more for the row, in its own process (test/load/audit-cost.ts): where the two share cores, that is the larger part. Disposing writes what is left.
 */
export function openRequestLog(context: AdminContext, logger: Logger, { answerMs = ANSWER_MS }: { answerMs?: number } = {}): RequestLog {
  /** Oldest first; the last one is being filled. */
  let queue: RecordBatch[] = [];
  /** The one that was handed to PostgreSQL last: nothing is added to it any more. */
  let sealed: RecordBatch | undefined;
  /** Used again: memory that is asked for twice a second and let go makes the collector look through the whole heap. */
  const spare: RecordBatch[] = [];
  let timer: NodeJS.Timeout | undefined;
  let draining: Promise<boolean> | undefined;
  let dropped = 0;
  let closed = false;
  const outage = createOutage({
    logger,
    fields: { operation: 'request log', dependency: 'postgresql' },
    began: 'could not write the request log; trying again',
    ended: 'the request log is written again',
  });
  const insert = createRecordInsert(context, { refused: (err) => drop(1, err), answerMs });

  function drop(count: number, err?: unknown): void {
    if (dropped === 0) logger.error({ err, count, operation: 'request log' }, 'audit records are being dropped');
    dropped += count;
  }

  /** Writes until the queue is empty; false when the database did not take a batch. */
  async function drain(): Promise<boolean> {
    for (let first = queue[0]; first !== undefined; first = queue[0]) {
      sealed = first;
      try {
        await insert(first);
        outage.over();
      } catch (err) {
        outage.failed(err);
        return false;
      }
      queue.shift();
      sealed = undefined;
      first.clear();
      if (spare.length < SPARE_MAX) spare.push(first);
    }
    return true;
  }

  function write(): Promise<boolean> {
    clearTimeout(timer);
    timer = undefined;
    draining ??= drain().finally(() => {
      draining = undefined;
      if (queue.length > 0 && !closed) timer ??= setTimeout(write, BATCH_MS);
    });
    return draining;
  }

  return {
    get dropped() {
      return dropped;
    },
    record(entry) {
      let last = queue.at(-1);
      if (last === undefined || last === sealed || !last.add(entry)) {
        if (closed || queue.length >= QUEUE_BATCHES_MAX) return drop(1);
        last = spare.pop() ?? createRecordBatch();
        queue.push(last);
        if (!last.add(entry)) return drop(1);
      }
      if (last.rows >= BATCH_ROWS && draining === undefined) void write();
      else timer ??= setTimeout(write, BATCH_MS);
    },
    async flush() {
      // A run that is about to end may not have seen the last record.
      if (draining !== undefined) await draining;
      if (!(await write())) throw new AppError('SERVICE_UNAVAILABLE', 'The request log cannot be written at the moment.');
    },
    async [Symbol.asyncDispose]() {
      const waited = new AbortController();
      const late = pause(LAST_WRITE_MS, undefined, { signal: waited.signal }).catch(() => {});
      void late.then(() => {
        closed = true;
      });
      while (queue.length > 0 && !closed) {
        // A write over a connection that hangs ends later than a stop waits.
        if ((await Promise.race([write(), late])) === false) await Promise.race([pause(BATCH_MS), late]);
      }
      closed = true;
      waited.abort();
      clearTimeout(timer);
      for (const { rows } of queue) drop(rows);
      queue = [];
    },
  };
}
