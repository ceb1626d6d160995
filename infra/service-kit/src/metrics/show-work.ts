import { Counter, Gauge, type Registry } from 'prom-client';
import { onWork, WORK_KINDS, type Work } from '../subgraph/work-state.ts';

/** Of subgraphs in this process: what waits for a background task, and what became of it. */
export function showWork(registry: Registry): Disposable {
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
