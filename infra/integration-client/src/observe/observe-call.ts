// One wide line and a handful of numbers for every call. What is logged is chosen here by name; a value that nobody chose is not logged.
import type { Logger } from '@portico/service-kit/logger';
import type { Registry } from 'prom-client';
import type { AuthEvents } from '../auth/authorizer.ts';
import { createCallMetrics } from './call-metrics.ts';
import type { BreakerState, CallRecord, ObservedAttempt, ObservedEnd } from './call-record.ts';
import { failureWord } from './failure-word.ts';
import { show } from './show-contents.ts';

export type CallObserver = {
  attempt(attempt: ObservedAttempt): void;
  /** Writes the line. Once per call; what comes after it is not counted. */
  end(end: ObservedEnd): void;
};

export type Observer = AuthEvents & {
  call(provider: string, operation: string, correlationId: string, about: { method: string; template: string }): CallObserver;
  breakerIs(provider: string, state: BreakerState): void;
  concurrencyIs(provider: string, limit: number): void;
  limiterWaited(provider: string, waitMs: number): void;
};

export type ObserverOptions = {
  logger: Logger;
  /** Where the metrics are shown. One client per registry: a metric has one owner. */
  registry?: Registry;
  now?: () => number;
};

/** What somebody should look at. Everything else that fails is an answer to a caller. */
const LEVELS: Readonly<Record<string, 'warn' | 'error'>> = {
  API_TIMEOUT: 'warn',
  AUTHENTICATION_ERROR: 'error',
  CIRCUIT_BREAKER_OPEN: 'warn',
  OUTCOME_UNKNOWN: 'error',
  RATE_LIMIT_EXCEEDED: 'warn',
  SERVER_ERROR: 'warn',
};

export function createObserver({ logger, registry, now = Date.now }: ObserverOptions): Observer {
  const metrics = registry === undefined ? undefined : createCallMetrics(registry, now);
  const write = (record: CallRecord): void => {
    const { provider, operation, correlationId, method, template, attempts, end } = record;
    const { contents, code, reason, responseTimeMs, status, cached, stale, ageMs } = end;
    const level = code === undefined ? 'info' : (LEVELS[code] ?? 'info');
    const fields = {
      event: 'integration_call',
      provider,
      operation,
      correlationId,
      method,
      template,
      status,
      code,
      cached,
      stale,
      ageMs,
      reason,
      responseTimeMs: Math.round(responseTimeMs),
      attempts: attempts.map(describeAttempt),
      shown: contents === undefined ? undefined : show(contents),
    };
    logger[level](fields, code === undefined ? 'A provider answered.' : 'A call to a provider failed.');
  };
  return {
    call(provider, operation, correlationId, about) {
      const attempts: ObservedAttempt[] = [];
      let ended = false;
      return {
        attempt(attempt) {
          if (ended) return;
          attempts.push(attempt);
          metrics?.attempt(provider, operation, attempt);
        },
        end(end) {
          if (ended) return;
          ended = true;
          const record: CallRecord = { provider, operation, correlationId, ...about, attempts, end };
          metrics?.call(record);
          write(record);
        },
      };
    },
    breakerIs: (provider, state) => metrics?.breaker(provider, state),
    concurrencyIs: (provider, limit) => metrics?.concurrency(provider, limit),
    limiterWaited: (provider, waitMs) => metrics?.limiterWait(provider, waitMs),
    tokenRefreshed: (provider, outcome) => metrics?.tokenRefresh(provider, outcome),
    secretInUse: (provider, secretName, since) => metrics?.secretInUse(provider, secretName, since),
  };
}

function describeAttempt({ status, failure, durationMs, waitedMs }: ObservedAttempt): Record<string, unknown> {
  return {
    status,
    failure: failure === undefined ? undefined : failureWord(failure),
    durationMs: Math.round(durationMs),
    waitedMs: Math.round(waitedMs),
  };
}
