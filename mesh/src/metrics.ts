import { onDeliveryNews } from '@portico/service-kit/delivery-state';
import { onOutboxState } from '@portico/service-kit/outbox/outbox-state';
import { onStatement } from '@portico/service-kit/sql/statement-log';
import { onWork, WORK_KINDS, type Work } from '@portico/service-kit/subgraph/work-state';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { LimitMetrics } from './limits/open-limits.ts';
import type { RequestMetrics } from './steps/log-access.ts';

/** What a peer writes as its method must not make series without end. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']);
const LAG_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5];

export type Metrics = RequestMetrics & LimitMetrics & Disposable & { readonly registry: Registry };

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
  const refusals = new Counter({
    name: 'portico_rate_limit_refusals_total',
    help: 'Requests that were refused, by the limit that refused them.',
    labelNames: ['limit'],
    registers: [registry],
  });
  // Found by their labels once, not per request: both are on every request's path.
  const children = new Map<string, Histogram.Internal<(typeof labelNames)[number]>>();
  const counters = new Map<string, Counter.Internal>();
  const subscription = onStatement(({ program }) => {
    let counter = counters.get(program);
    if (counter === undefined) {
      counter = statements.labels({ program });
      counters.set(program, counter);
    }
    counter.inc();
  });
  const outboxes = showOutboxes(registry);
  const deliveries = showDeliveries(registry);
  const work = showWork(registry);
  return {
    registry,
    observe(route, method, status, seconds) {
      const series = `${route} ${method} ${status}`;
      let child = children.get(series);
      if (child === undefined) {
        child = duration.labels({ route, method: METHODS.has(method) ? method : 'other', status: `${Math.floor(status / 100)}xx` });
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
    [Symbol.dispose]() {
      subscription[Symbol.dispose]();
      outboxes[Symbol.dispose]();
      deliveries[Symbol.dispose]();
      work[Symbol.dispose]();
    },
  };
}

/** The outboxes of subgraphs in this process. */
function showOutboxes(registry: Registry): Disposable {
  const gauge = (name: string, help: string): Gauge<'subgraph'> =>
    new Gauge({ name, help, labelNames: ['subgraph'], registers: [registry] });
  const unpublished = gauge('portico_outbox_unpublished', 'Events that wait for the broker, counted up to 10,000.');
  const oldest = gauge('portico_outbox_oldest_seconds', 'Age of the oldest event that waits for the broker; 0 when none does.');
  const republished = gauge('portico_outbox_republished', 'Events that the broker lost and that were published anew since the start.');
  return onOutboxState(({ subgraph, ...state }) => {
    unpublished.set({ subgraph }, state.unpublished);
    oldest.set({ subgraph }, state.oldestSeconds);
    republished.set({ subgraph }, state.republished);
  });
}

/** The webhook relay of this process. */
function showDeliveries(registry: Registry): Disposable {
  const registers = [registry];
  const attempts = new Counter({
    name: 'portico_webhook_attempts_total',
    help: 'Attempts to deliver a webhook, by what became of them.',
    labelNames: ['outcome'],
    registers,
  });
  const lag = new Histogram({
    name: 'portico_webhook_first_attempt_lag_seconds',
    help: 'Time from the commit of an event to its first attempt.',
    buckets: LAG_BUCKETS,
    registers,
  });
  const circuits = new Counter({
    name: 'portico_webhook_circuits_opened_total',
    help: 'Endpoints that were left alone for a while.',
    registers,
  });
  const pending = new Gauge({ name: 'portico_webhook_pending', help: 'Deliveries of active endpoints that wait.', registers });
  const held = new Gauge({ name: 'portico_webhook_held', help: 'Deliveries of paused and disabled endpoints.', registers });
  const late = new Gauge({
    name: 'portico_webhook_oldest_due_seconds',
    help: 'How late the oldest delivery is that should go out now.',
    registers,
  });
  return onDeliveryNews((news) => {
    if (news.kind === 'circuit-opened') return circuits.inc();
    if (news.kind === 'attempt') {
      attempts.inc({ outcome: news.outcome });
      if (news.lagMs !== undefined) lag.observe(news.lagMs / 1_000);
      return;
    }
    pending.set(news.pending);
    held.set(news.held);
    late.set(news.oldestDueSeconds);
  });
}

/** Of subgraphs in this process: what waits for a background task, and what became of it. */
function showWork(registry: Registry): Disposable {
  const shown = (work: Work, what: string) => {
    const gauge = (name: string, help: string): Gauge => new Gauge({ name: `portico_${work}_${name}`, help, registers: [registry] });
    const settled = new Counter({
      name: `portico_${work}_settled_total`,
      help: `What became of ${what} that a background task took up.`,
      labelNames: ['kind'],
      registers: [registry],
    });
    // From the start, so that the first one is an increase.
    for (const kind of WORK_KINDS[work]) settled.inc({ kind }, 0);
    return {
      waiting: gauge('waiting', `Number of ${what}, counted up to 10,000.`),
      oldest: gauge('oldest_seconds', `How long the oldest of ${what} has been waiting; 0 when there are none.`),
      settled,
    };
  };
  const works = {
    saga: shown('saga', 'orders that are being placed, owe something, or wait for their payment'),
    payments: shown('payments', 'payments that are open with their provider'),
  };
  return onWork({
    waiting({ work, waiting, oldestSeconds }) {
      works[work].waiting.set(waiting);
      works[work].oldest.set(oldestSeconds);
    },
    settled: ({ work, kind }) => works[work].settled.inc({ kind }),
  });
}
