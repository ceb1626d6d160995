import { Counter, type Registry } from 'prom-client';
import { onTaskRun } from '../subgraph/task-runs.ts';

/** The background tasks of subgraphs in this process: orders and payments that were settled, rows that were pruned or sealed anew. */
export function showTasks(registry: Registry): Disposable {
  const labelNames = ['subgraph', 'task'];
  const registers = [registry];
  const done = new Counter({
    name: 'portico_task_work_total',
    help: 'How much background tasks found to do and did.',
    labelNames,
    registers,
  });
  const failures = new Counter({
    name: 'portico_task_failures_total',
    help: 'Runs of background tasks that failed; each is tried again.',
    labelNames,
    registers,
  });
  return onTaskRun(({ subgraph, task, outcome }) => {
    if (outcome === 'failed') failures.inc({ subgraph, task });
    else done.inc({ subgraph, task }, outcome);
  });
}
