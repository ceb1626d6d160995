// A relay in a process of its own, for tests that kill it: bus, fan-out and deliverer, and the publisher of its own outbox, as in production. It
// loads its code, says so, and starts when it is told how: the next one can be ready before the one before it dies.
import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import { silentLogger, TEST_BLIND_INDEX_KEY, TEST_SECRET_KEYS, unreachableGraph } from '@portico/service-kit/testing';
import { startStopwatch } from '@portico/service-kit/testing-stopwatch';
import type { EngineSettings } from '@portico/webhook-relay/engine/start-engine';
import { createSender, type Sender } from '@portico/webhook-relay/sending/send';
import { start } from '@portico/webhook-relay/server';
import { createDoom } from './death-points.ts';
import { SENDER_HEADER } from './sender-header.ts';
import { report, takeOrders } from './take-orders.ts';

export type RelayPlan = {
  readonly databaseUrl: string;
  readonly natsUrl?: string | undefined;
  readonly engine: EngineSettings;
  /** Since `from` (wall clock, ms) the relay's clock runs so many times as fast, and began `aheadMs` ahead. */
  readonly clock: { readonly from: number; readonly speed: number; readonly aheadMs: number };
};

/** Every request says which process sent it, and the longest is known. */
function signed(sender: Sender): Sender {
  const named = { [SENDER_HEADER]: String(process.pid) };
  return {
    ...sender,
    async send(request) {
      const from = stopwatch.tookMs();
      try {
        return await sender.send({ ...request, headers: { ...request.headers, ...named } });
      } finally {
        longestSendMs = Math.max(longestSendMs, stopwatch.tookMs() - from);
      }
    },
  };
}

let longestSendMs = 0;
using stopwatch = startStopwatch();
using doom = createDoom();
const { databaseUrl, natsUrl, engine, clock } = await takeOrders<RelayPlan>(doom, () => longestSendMs);
await using bus = await openEventBus({ databaseUrl, natsUrl, logger: silentLogger });
await using sender = createSender({ policy: { allowLoopback: true }, maxConnectionsPerReceiver: 1_100 });
await using _ = await start(
  { databaseUrl, poolMax: 8, secretKeys: TEST_SECRET_KEYS, blindIndexKey: TEST_BLIND_INDEX_KEY, allowLoopback: true, engine },
  {
    graph: unreachableGraph,
    logger: silentLogger,
    bus: doom.bus(bus),
    sender: doom.sender(signed(sender)),
    now: () => new Date(clock.from + clock.aheadMs + (Date.now() - clock.from) * clock.speed),
  },
);
report({ kind: 'running' });
await new Promise(() => {});
