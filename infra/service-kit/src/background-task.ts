import { startLoop } from './lifecycle.ts';
import type { Logger } from './logger.ts';
import { createOutage } from './outage.ts';

export type TaskOptions = {
  /** What logs call it. */
  operation: string;
  idleMs: number;
  work(signal: AbortSignal): Promise<unknown>;
  logger: Logger;
  level?: 'warn' | 'error';
};

/** A loop whose failures are logged when they begin and when they are over, not with every try. */
export function startTask({ operation, idleMs, work, logger, level = 'warn' }: TaskOptions): AsyncDisposable {
  const outage = createOutage({
    logger,
    fields: { operation },
    began: 'background task failed',
    ended: 'background task goes on',
    level,
  });
  return startLoop({
    idleMs,
    work: async (signal) => {
      await work(signal);
      outage.over();
    },
    onError: (err) => outage.failed(err),
  });
}
