import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { onDeliveryNews } from './delivery-state.ts';

const LAG_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The webhook relay of this process. Where there is none nothing is shown: zeros would say that it has nothing to do. */
export function showDeliveries(registry: Registry): Disposable {
  let shown: ReturnType<typeof createDeliveryMetrics> | undefined;
  return onDeliveryNews((news) => {
    shown ??= createDeliveryMetrics(registry);
    const { attempts, lag, circuits, pending, held, late, dead } = shown;
    if (news.kind === 'circuit-opened') return circuits.inc();
    if (news.kind === 'attempt') {
      attempts.inc({ outcome: news.outcome });
      if (news.lagMs !== undefined) lag.observe(news.lagMs / 1_000);
      return;
    }
    pending.set(news.pending);
    held.set(news.held);
    dead.set(news.dead);
    late.set(news.oldestDueSeconds);
  });
}

function createDeliveryMetrics(registry: Registry) {
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
    help: 'How late the oldest delivery is that nothing but the relay keeps back.',
    registers,
  });
  const dead = new Gauge({
    name: 'portico_webhook_dead',
    help: 'Deliveries whose schedule ran out and that nobody has replayed, counted up to 10,000.',
    registers,
  });
  return { attempts, lag, circuits, pending, held, late, dead };
}
