// The background tasks of every subgraph whose events go to a bus.
import type { EventBus } from '../bus/event-bus.ts';
import type { GraphClient } from '../graph/graph.ts';
import type { BackgroundTask, SubgraphProgram } from '../subgraph/start-subgraph.ts';
import { publishOutboxState, readBacklog } from './outbox-state.ts';
import { pruneOutbox } from './prune-outbox.ts';
import { ARRIVED_AFTER_MS, type Reconciled, reconcileOutbox } from './reconcile-outbox.ts';

const RECONCILE_MS = 15_000;
const PRUNE_MS = 600_000;

export type OutboxTasksOptions = {
  schema: string;
  bus: EventBus;
  graph: GraphClient;
  /** Wakes the publisher. */
  wake(): void;
};

/** `reconcile-outbox` makes one whole sweep and answers 0: what it left is for the next. `prune-outbox` answers how many rows it deleted. */
export function outboxTasks(options: OutboxTasksOptions): Readonly<Record<string, BackgroundTask>> {
  const { schema, wake } = options;
  const backlog = { schema, arrivedAfterMs: ARRIVED_AFTER_MS };
  let republished = 0;
  let asked = true;

  async function sweep({ database: { run }, logger }: SubgraphProgram): Promise<Reconciled> {
    try {
      const done = await reconcileOutbox({ ...options, run });
      if (!asked) logger.warn({ subgraph: schema }, 'the outbox is reconciled again');
      asked = true;
      return done;
    } catch (err) {
      // Said once: the ledger may be away for hours, and rows wait for it without harm.
      if (asked) logger.warn({ err, subgraph: schema }, 'cannot reconcile the outbox; trying again');
      asked = false;
      return { known: 0, republished: 0 };
    }
  }
  return {
    'reconcile-outbox': {
      idleMs: RECONCILE_MS,
      async runOnce(program) {
        const done = await sweep(program);
        republished += done.republished;
        if (done.republished > 0) {
          program.logger.warn({ subgraph: schema, count: done.republished }, 'the broker lost events; they are published anew');
          wake();
        }
        publishOutboxState({ subgraph: schema, republished, ...(await readBacklog(program.database.run, backlog)) });
        return 0;
      },
    },
    'prune-outbox': { idleMs: PRUNE_MS, runOnce: ({ database: { run } }) => pruneOutbox({ schema, run }) },
  };
}
