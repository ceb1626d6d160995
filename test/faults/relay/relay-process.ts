// A relay in a process of its own, for tests that kill it: the publisher of its outbox, the bus, fan-out and deliverer, as in production. It loads
// its code, says so, and starts when it is told how: the next one can be ready before the one before it dies.
import { once } from 'node:events';
import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import { silentLogger, TEST_BLIND_INDEX_KEY, TEST_SECRET_KEYS, unreachableGraph } from '@portico/service-kit/testing';
import type { EngineSettings } from '@portico/webhook-relay/engine/start-engine';
import { createSender } from '@portico/webhook-relay/sending/send';
import { start } from '@portico/webhook-relay/server';
import { type Death, doom } from './death-points.ts';

export type RelayPlan = {
  readonly databaseUrl: string;
  readonly natsUrl?: string;
  readonly namespace?: string;
  readonly engine: EngineSettings;
  /** Since `from` (wall clock, ms) the relay's clock runs so many times as fast, and began `aheadMs` ahead. */
  readonly clock: { readonly from: number; readonly speed: number; readonly aheadMs: number };
  readonly death?: Death | undefined;
};

function die(afterMs: number): void {
  if (afterMs === 0) process.kill(process.pid, 'SIGKILL');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), afterMs);
}

process.on('disconnect', () => process.exit());
process.send?.('loaded');
const [plan] = (await once(process, 'message')) as [RelayPlan];
const { databaseUrl, natsUrl, namespace, engine, clock } = plan;
process.on('message', () => process.send?.({ rss: process.memoryUsage().rss }));

using doomed = doom(plan.death, die);
await using bus = await openEventBus({ databaseUrl, natsUrl, logger: silentLogger, ...(namespace === undefined ? {} : { namespace }) });
await using sender = createSender({ policy: { allowLoopback: true }, maxConnectionsPerReceiver: 1_100 });
await using _ = await start(
  { databaseUrl, poolMax: 8, secretKeys: TEST_SECRET_KEYS, blindIndexKey: TEST_BLIND_INDEX_KEY, allowLoopback: true, engine },
  {
    graph: unreachableGraph,
    logger: silentLogger,
    bus: doomed.bus(bus),
    sender: doomed.sender(sender),
    now: () => new Date(clock.from + clock.aheadMs + (Date.now() - clock.from) * clock.speed),
  },
);
process.send?.('running');
await new Promise(() => {});
