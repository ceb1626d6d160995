// Results wait a few milliseconds for each other and are written together, one batch after the other.
import type { Logger } from '@portico/service-kit/logger';

export type CompletionBatch<Result> = {
  /** Resolves when the result is written, however often that must be tried. */
  add(result: Result): Promise<void>;
};

const WAIT_MS = 5;
const RESULTS_MAX = 200;
const RETRY_MS = 250;

/** `write` is repeated until it resolves: what it does must be safe to do twice. Given up when `signal` is aborted. */
export function createCompletionBatch<Result>(options: {
  write(results: readonly Result[]): Promise<void>;
  logger: Logger;
  signal: AbortSignal;
}): CompletionBatch<Result> {
  const { write, logger, signal } = options;
  let waiting: { result: Result; done: () => void }[] = [];
  let writing = false;

  async function drain(): Promise<void> {
    writing = true;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    while (waiting.length > 0) {
      const batch = waiting.slice(0, RESULTS_MAX);
      waiting = waiting.slice(RESULTS_MAX);
      await writeSurely(batch.map(({ result }) => result));
      for (const { done } of batch) done();
    }
    writing = false;
  }

  async function writeSurely(results: readonly Result[]): Promise<void> {
    while (!signal.aborted) {
      try {
        return await write(results);
      } catch (err) {
        logger.warn({ err, operation: 'complete attempts', count: results.length }, 'results could not be written; trying again');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
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
