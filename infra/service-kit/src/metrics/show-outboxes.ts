import { Gauge, type Registry } from 'prom-client';
import { onOutboxState } from '../outbox/outbox-state.ts';

/** The outboxes of subgraphs in this process. */
export function showOutboxes(registry: Registry): Disposable {
  const gauge = (name: string, help: string): Gauge<'subgraph'> =>
    new Gauge({ name, help, labelNames: ['subgraph'], registers: [registry] });
  const unpublished = gauge('portico_outbox_unpublished', 'Events that wait for the broker, counted up to 10,000.');
  const oldest = gauge('portico_outbox_oldest_seconds', 'Age of the oldest event that waits for the broker; 0 when none does.');
  const republished = gauge('portico_outbox_republished', 'Events that the broker lost and that were published anew since the start.');
  const unconfirmed = gauge(
    'portico_outbox_unconfirmed',
    'Events that were published over a minute ago and that the ledger has not confirmed, counted up to 10,000.',
  );
  return onOutboxState(({ subgraph, ...state }) => {
    unpublished.set({ subgraph }, state.unpublished);
    oldest.set({ subgraph }, state.oldestSeconds);
    unconfirmed.set({ subgraph }, state.unconfirmed);
    republished.set({ subgraph }, state.republished);
  });
}
