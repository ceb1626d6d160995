// What the background tasks of this process do is published here, run by run; `/metrics` shows it.
import { channel } from 'node:diagnostics_channel';

export type TaskRun = {
  readonly subgraph: string;
  readonly task: string;
  /** How much it did. */
  readonly outcome: number | 'failed';
};

const taskChannel = channel('portico:tasks');

export function publishTaskRun(run: TaskRun): void {
  taskChannel.publish(run);
}

/** Calls `listener` with each run until disposed. */
export function onTaskRun(listener: (run: TaskRun) => void): Disposable {
  const subscriber = (message: unknown): void => listener(message as TaskRun);
  taskChannel.subscribe(subscriber);
  return { [Symbol.dispose]: () => void taskChannel.unsubscribe(subscriber) };
}
