import { startTask } from '@portico/service-kit/background-task';
import type { Logger } from '@portico/service-kit/logger';
import type { AdminContext } from '../context.ts';
import { keepPartitions } from './request-log-partitions.ts';
import { rollUpUsage } from './roll-up-usage.ts';
import { openRequestLog, type RequestLog } from './write-request-log.ts';

const PARTITIONS_MS = 3_600_000;
const ROLL_UP_MS = 60_000;

/** The request log, and what looks after it in the background. Disposing writes what is left. */
export function startAudit(context: AdminContext, logger: Logger, retentionDays: number): RequestLog {
  const requestLog = openRequestLog(context, logger);
  const loop = (operation: string, idleMs: number, work: (signal: AbortSignal) => Promise<unknown>): AsyncDisposable =>
    startTask({ operation, idleMs, work, logger, level: 'error' });
  const loops = [
    loop('request log partitions', PARTITIONS_MS, () => keepPartitions(context, retentionDays)),
    loop('usage roll-up', ROLL_UP_MS, (signal) => rollUpUsage(context, signal)),
  ];
  return {
    get dropped() {
      return requestLog.dropped;
    },
    record: requestLog.record,
    flush: requestLog.flush,
    async [Symbol.asyncDispose]() {
      await Promise.all(loops.map((one) => one[Symbol.asyncDispose]()));
      await requestLog[Symbol.asyncDispose]();
    },
  };
}
