// Results wait a few milliseconds for each other and are written together, one batch after the other.
import type { Logger } from '@portico/service-kit/logger';
import { createOutage } from '@portico/service-kit/outage';

export type CompletionBatch<Result, Written> = {
  /** Resolves with what its batch's writing answered, however often that must be tried; undefined when it was given up. */
  add(result: Result): Promise<Written | undefined>;
};

const WAIT_MS = 5;
const RESULTS_MAX = 200;
/** A batch ends with the result that reaches it: two hundred bodies of 64 KiB in one statement are copied whole, several times, here and in PostgreSQL. */
const SIZE_MAX = 1024 * 1024;
const RETRY_MS = 250;

/** `write` is repeated until it resolves: what it does must be safe to do twice. Given up when `signal` is aborted. */
export function createCompletionBatch<Result, Written>(options: {
  write(results: readonly Result[]): Promise<Written>;
  /** Characters of it that are written. */
  sizeOf(result: Result): number;
  logger: Logger;
  signal: AbortSignal;
}): CompletionBatch<Result, Written> {
  const { write, sizeOf, logger, signal } = options;
  const waiting: { result: Result; done: (written: Written | undefined) => void }[] = [];
  let writing = false;
  const outage = createOutage({
    logger,
    fields: { operation: 'complete attempts' },
    began: 'results could not be written; trying again',
    ended: 'results are written again',
  });

  async function drain(): Promise<void> {
    writing = true;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    while (waiting.length > 0) {
      const batch = waiting.splice(0, nextBatch());
      const written = await writeSurely(batch.map(({ result }) => result));
      for (const { done } of batch) done(written);
    }
    writing = false;
  }

  /** How many of those that wait go together. */
  function nextBatch(): number {
    let size = 0;
    let count = 0;
    for (const { result } of waiting) {
      count += 1;
      size += sizeOf(result);
      if (count === RESULTS_MAX || size >= SIZE_MAX) break;
    }
    return count;
  }

  async function writeSurely(results: readonly Result[]): Promise<Written | undefined> {
    while (!signal.aborted) {
      try {
        const written = await write(results);
        outage.over();
        return written;
      } catch (err) {
        outage.failed(err, { count: results.length });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    return undefined;
  }

  return {
    add(result) {
      return new Promise((done) => {
        waiting.push({ result, done });
        if (!writing) void drain();
      });
    },
  };
}
