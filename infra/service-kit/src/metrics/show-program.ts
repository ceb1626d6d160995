import { collectDefaultMetrics, type Registry } from 'prom-client';
import { showDeliveries } from './show-deliveries.ts';
import { showOutboxes } from './show-outboxes.ts';
import { showStatements } from './show-statements.ts';
import { showTasks } from './show-tasks.ts';
import { showWork } from './show-work.ts';

/** What every process shows of itself and of the programs in it, whichever they are: they publish what they do, and nobody need listen. */
export function showProgram(registry: Registry): Disposable {
  collectDefaultMetrics({ register: registry });
  const shown = new DisposableStack();
  for (const show of [showStatements, showTasks, showWork, showOutboxes, showDeliveries]) shown.use(show(registry));
  return shown;
}
