import { showProgram } from '@portico/service-kit/metrics/show-program';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LimitMetrics } from './limits/open-limits.ts';
import { METHODS } from './rest/rest-request.ts';
import type { RequestMetrics } from './steps/log-access.ts';

const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5];

export type Metrics = RequestMetrics & LimitMetrics & Disposable & { readonly registry: Registry };

/** What `/metrics` shows, beside what `registry` shows already. Labels are routes and status classes, never ids. */
export function createMetrics(registry: Registry = new Registry()): Metrics {
  const program = showProgram(registry);
  const labelNames = ['route', 'method', 'status', 'version'] as const;
  const duration = new Histogram({
    name: 'portico_http_request_duration_seconds',
    help: 'Time from the first byte of a request to its answer.',
    labelNames,
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'portico_rate_limit_refusals_total',
    help: 'Requests that were refused, by the limit that refused them.',
    labelNames: ['limit'],
    registers: [registry],
  });
  // Found by their labels once, not per request: this is on every request's path.
  const children = new Map<string, Histogram.Internal<(typeof labelNames)[number]>>();
  return {
    registry,
    observe({ route, method, version }, status, seconds) {
      const series = `${route} ${method} ${status} ${version}`;
      let child = children.get(series);
      if (child === undefined) {
        child = duration.labels({
          route,
          method: METHODS.has(method) ? method : 'other',
          status: `${Math.floor(status / 100)}xx`,
          version,
        });
        if (METHODS.has(method)) children.set(series, child);
      }
      child.observe(seconds);
    },
    countRefusal: (limit) => refusals.inc({ limit }),
    watchRedis(isUp) {
      new Gauge({
        name: 'portico_redis_up',
        help: '1 while rate limits hold across gateways, 0 while this gateway limits in memory.',
        registers: [registry],
        collect() {
          this.set(isUp() ? 1 : 0);
        },
      });
    },
    [Symbol.dispose]: () => program[Symbol.dispose](),
  };
}
