import type { Database } from '@portico/service-kit/database/orm';
import type { Logger } from '@portico/service-kit/logger';
import type { DeliveryNews } from '@portico/service-kit/metrics/delivery-state';
import { LRUCache } from 'lru-cache';
import type { AttemptResult } from '../attempts/attempt-delivery.ts';
import { completeDeliveries } from '../attempts/complete-deliveries.ts';
import { type HealthChange, updateHealth } from '../attempts/update-health.ts';
import { keepPartitions } from '../upkeep/keep-partitions.ts';

const DAY_MS = 24 * 3_600_000;
/** A healthy endpoint's last success is noted this often. */
const SUCCESS_NOTED_MS = 1_000;
const NOTED_MAX = 10_000;

export type ResultWriterOptions = {
  readonly database: Pick<Database, 'run' | 'transaction'>;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly publish: (news: DeliveryNews) => void;
};

/**
 * Writes a batch of results: the endpoints' health first, so that a gate is closed before the delivery can be claimed again. One statement for
 * successes of healthy endpoints, four more when something is to be said about an endpoint. Answers the endpoints for which more is due.
 */
export function createResultWriter(options: ResultWriterOptions): (results: readonly AttemptResult[]) => Promise<ReadonlySet<string>> {
  const { database, logger, now, publish } = options;
  const noted = new LRUCache<string, number>({ max: NOTED_MAX });
  // Their endpoints' health has them already: a batch comes again when what is written after that fails.
  const counted = new WeakSet<AttemptResult>();
  let day = Math.floor(now().getTime() / DAY_MS);

  function tellsSomething({ delivery, verdict }: AttemptResult): boolean {
    if (verdict.kind === 'given-up' || verdict.kind === 'orphaned' || verdict.kind === 'postponed') return false;
    return verdict.kind !== 'succeeded' || delivery.endpointFailed;
  }

  function isWorthANote({ delivery, verdict, endedAt }: AttemptResult): boolean {
    if (verdict.kind !== 'succeeded' || delivery.endpointFailed) return false;
    const last = noted.get(delivery.endpointId) ?? Number.NEGATIVE_INFINITY;
    if (Math.abs(endedAt.getTime() - last) < SUCCESS_NOTED_MS) return false;
    noted.set(delivery.endpointId, endedAt.getTime());
    return true;
  }

  return async (results) => {
    const today = Math.floor(now().getTime() / DAY_MS);
    if (today !== day) await keepPartitions(database, now());
    day = today;
    const telling = results.filter((result) => tellsSomething(result) && !counted.has(result));
    const changes = telling.length === 0 ? [] : await updateHealth(database, telling);
    for (const result of telling) counted.add(result);
    for (const change of changes) announce(change, logger, publish);
    const succeeded = [...new Set(results.filter(isWorthANote).map(({ delivery }) => delivery.endpointId))];
    const { stood, waiting } = await completeDeliveries(database.run, results, { succeeded, now: now() });
    for (const result of results) if (!stood.has(result.delivery.id)) logLost(logger, result);
    for (const result of results) publishAttempt(result, publish);
    return waiting;
  };
}

function logLost(logger: Logger, { delivery, verdict }: AttemptResult): void {
  const { endpointId, eventId } = delivery;
  logger.warn({ endpointId, eventId, reason: verdict.kind, operation: 'complete attempt' }, 'its lease had ended: it may be sent again');
}

function announce({ endpointId, before, after }: HealthChange, logger: Logger, publish: ResultWriterOptions['publish']): void {
  if (after.circuit !== 'open' || before.circuit === 'open') return;
  publish({ kind: 'circuit-opened' });
  logger.info(
    { endpointId, count: after.circuitFailures, operation: 'open circuit' },
    'webhook endpoint fails; it is left alone for a while',
  );
}

function publishAttempt({ delivery, verdict, attempt }: AttemptResult, publish: ResultWriterOptions['publish']): void {
  if (attempt === undefined) return;
  const first = delivery.attemptsTotal === 0;
  const lagMs = first ? Math.max(0, attempt.startedAt.getTime() - delivery.occurredAt.getTime()) : undefined;
  publish({ kind: 'attempt', outcome: verdict.kind, durationMs: attempt.durationMs, lagMs });
}
