import { publishSettled, publishWaiting } from '@portico/service-kit/subgraph/work-state';
import { describe, expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

describe('the metrics of work that is left for tasks', () => {
  it('show how much waits, since when, and what became of what was taken up', async () => {
    using metrics = createMetrics();
    publishWaiting({ work: 'saga', waiting: 3, oldestSeconds: 42.5 });
    publishWaiting({ work: 'payments', waiting: 1, oldestSeconds: 7 });
    for (const kind of ['undone', 'undone', 'awaited'] as const) publishSettled('saga', kind);
    publishSettled('payments', 'refunded');
    const shown = (await metrics.registry.metrics()).split('\n').filter((line) => /^portico_(saga|payments)_/.test(line));
    expect(shown).toEqual([
      'portico_saga_settled_total{kind="undone"} 2',
      'portico_saga_settled_total{kind="settled"} 0',
      'portico_saga_settled_total{kind="awaited"} 1',
      'portico_saga_settled_total{kind="failed"} 0',
      'portico_saga_waiting 3',
      'portico_saga_oldest_seconds 42.5',
      'portico_payments_settled_total{kind="succeeded"} 0',
      'portico_payments_settled_total{kind="failed"} 0',
      'portico_payments_settled_total{kind="refunded"} 1',
      'portico_payments_settled_total{kind="refund_failed"} 0',
      'portico_payments_settled_total{kind="put_off"} 0',
      'portico_payments_settled_total{kind="mismatched"} 0',
      'portico_payments_waiting 1',
      'portico_payments_oldest_seconds 7',
    ]);
  });

  it('are not listened to any more once they are disposed of', async () => {
    const metrics = createMetrics();
    metrics[Symbol.dispose]();
    publishSettled('saga', 'undone');
    expect(await metrics.registry.metrics()).toContain('portico_saga_settled_total{kind="undone"} 0');
  });
});
