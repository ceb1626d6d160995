// What the background tasks of this process do is published here, run by run; `/metrics` shows it.
import { newsChannel } from '../news-channel.ts';

export type TaskRun = {
  readonly subgraph: string;
  readonly task: string;
  /** How much it did. */
  readonly outcome: number | 'failed';
};

export const { publish: publishTaskRun, on: onTaskRun } = newsChannel<TaskRun>('portico:tasks');
