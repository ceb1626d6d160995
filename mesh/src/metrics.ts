import { onStatement } from '@portico/service-kit/sql/statement-log';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { RequestMetrics } from './steps/log-access.ts';

const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5];

export type Metrics = RequestMetrics & Disposable & { readonly registry: Registry };

/** What `/metrics` shows. Labels are routes and status classes, never ids. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const labelNames = ['route', 'method', 'status'] as const;
  const duration = new Histogram({
    name: 'portico_http_request_duration_seconds',
    help: 'Time from the first byte of a request to its answer.',
    labelNames,
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  });
  const statements = new Counter({
    name: 'portico_sql_statements_total',
    help: 'SQL statements sent by this process.',
    labelNames: ['program'],
    registers: [registry],
  });
  const subscription = onStatement(({ program }) => statements.inc({ program }));
  return {
    registry,
    observe: (route, method, status, seconds) => duration.observe({ route, method, status: `${Math.floor(status / 100)}xx` }, seconds),
    [Symbol.dispose]: () => subscription[Symbol.dispose](),
  };
}
