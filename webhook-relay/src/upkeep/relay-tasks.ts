import type { TellOwners } from '@portico/contracts/webhook-notice';
import { resealTask } from '@portico/service-kit/sealing/reseal-task';
import type { BackgroundTask } from '@portico/service-kit/subgraph/start-subgraph';
import { sealedEndpoint } from '../endpoint.entity.ts';
import { runReplayStep } from '../replays/run-replay-jobs.ts';
import { cancelOrphans } from './cancel-orphans.ts';
import { freeLines } from './free-lines.ts';
import { keepPartitions } from './keep-partitions.ts';
import { leaveNotices } from './leave-notices.ts';
import { measureBacklog } from './measure-backlog.ts';
import { pruneLedger } from './prune-ledger.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** What a relay does beside delivering. `wake`: deliveries of these endpoints became due. */
export function relayTasks(options: {
  wake: (endpoints: readonly string[]) => void;
  tell: TellOwners;
}): Readonly<Record<string, BackgroundTask>> {
  const { wake, tell } = options;
  return {
    'run-replays': {
      idleMs: SECOND_MS / 2,
      async runOnce({ database, now }) {
        const endpointId = await runReplayStep(database, now());
        if (endpointId !== undefined) wake([endpointId]);
        return endpointId === undefined ? 0 : 1;
      },
    },
    'leave-notices': {
      idleMs: 5 * SECOND_MS,
      runOnce: ({ database, logger, now }) => leaveNotices(database, { now: now(), logger, tell }),
    },
    'measure-backlog': {
      idleMs: 15 * SECOND_MS,
      async runOnce({ database, now }) {
        await measureBacklog(database.run, now());
        return 0;
      },
    },
    'cancel-orphans': { idleMs: 10 * MINUTE_MS, runOnce: ({ database, now }) => cancelOrphans(database.run, now()) },
    'free-lines': { idleMs: 10 * SECOND_MS, runOnce: ({ database, now }) => freeLines(database.run, now()) },
    'keep-partitions': { idleMs: 60 * MINUTE_MS, runOnce: ({ database, now }) => keepPartitions(database, now()) },
    'prune-ledger': { idleMs: 10 * MINUTE_MS, runOnce: ({ database, now }) => pruneLedger(database.run, now()) },
    reseal: resealTask('webhooks.endpoint', {
      secret_sealed: sealedEndpoint.secret,
      previous_secret_sealed: sealedEndpoint.previousSecret,
      interim_secrets_sealed: sealedEndpoint.interimSecrets,
      headers_sealed: sealedEndpoint.headers,
    }),
  };
}
