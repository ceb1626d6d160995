import { setTimeout as pause } from 'node:timers/promises';
import { EVENT_LEDGER } from '@portico/service-kit/bus/event-bus';
import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import { silentLogger } from '@portico/service-kit/testing';
import { TENANT, testEvent } from '@portico/webhook-relay/testing/start-test-relay';
import { expect, it } from 'vitest';
import { FULL, printCounts } from './counts.ts';
import { forkRelay } from './relay/fork-relay.ts';
import { type Ground, openGround } from './relay/open-ground.ts';
import { eventIdOf, type FaultSink, hang, startFaultSink } from './sink.ts';

const HEALTHY = 50;
/** So many hang, and so many answer 500. */
const DEAD = FULL ? 500 : 250;
const EVENTS = FULL ? 400 : 30;
const BETWEEN_MS = FULL ? 50 : 100;
const RETRIES_WAITING = 30_000;
/** Longer than the test: what had waited for an attempt that hangs would not have come. */
const ENGINE = { leaseMs: 300_000, timeoutMs: 200_000 };
const WITHIN = { timeout: 120_000, interval: 50 };

const names = (kind: string, count: number): string[] => Array.from({ length: count }, (_, place) => `${kind}-${place}`);

/** Commits events at a pace, waits until the healthy have them, and answers the milliseconds from commit to arrival. */
async function deliverToHealthy(ground: Ground, sink: FaultSink): Promise<number[]> {
  const committed = new Map<string, number>();
  for (let event = testEvent(); committed.size < EVENTS; event = testEvent()) {
    await ground.emit([event]);
    committed.set(event.id, performance.now());
    await pause(BETWEEN_MS);
  }
  const arrived = () =>
    names('healthy', HEALTHY).flatMap((name) => sink.of(name).flatMap((one) => one.at - (committed.get(eventIdOf(one)) ?? Number.NaN)));
  const lags = (): number[] => arrived().filter((lag) => !Number.isNaN(lag));
  await expect.poll(() => lags().length, WITHIN).toBe(HEALTHY * EVENTS);
  return lags();
}

/** Retries of dead endpoints whose time is an hour away. */
async function addWaitingRetries({ sql }: Ground): Promise<void> {
  await sql(
    `insert into webhooks.delivery (id, account_id, mode, event_id, endpoint_id, event_type, aggregate_id, status, attempts, next_attempt_at, created_at)
     select 'd' || n, $1, $2, 'e' || n, dead.ids[1 + n % cardinality(dead.ids)], 'customer.created', 'a' || n, 'pending', 3, now() + interval '1 hour', now()
     from generate_series(1, $3::int) n, (select array_agg(id) as ids from webhooks.endpoint where url !~ 'healthy') dead`,
    [TENANT.accountId, TENANT.mode, RETRIES_WAITING],
  );
  await sql('analyze webhooks.delivery', []);
}

function percentile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * part) - 1] ?? Number.NaN;
}

it('endpoints that hang and endpoints that fail hold up nothing of those that answer', { timeout: 300_000 }, async () => {
  await using ground = await openGround();
  await using sink = await startFaultSink();
  await using relay = forkRelay();
  for (const name of names('healthy', HEALTHY)) await ground.endpoint(sink.urlOf(name));
  await relay.start({ databaseUrl: ground.databaseUrl, engine: ENGINE, clock: { from: Date.now(), speed: 1, aheadMs: 0 } });
  const alone = await deliverToHealthy(ground, sink);

  for (const name of names('hanging', DEAD)) {
    sink.behave(name, hang);
    await ground.endpoint(sink.urlOf(name));
  }
  for (const name of names('failing', DEAD)) {
    sink.behave(name, () => 500);
    await ground.endpoint(sink.urlOf(name));
  }
  await addWaitingRetries(ground);
  const beside = await deliverToHealthy(ground, sink);

  const [asked, stillOpen] = names('hanging', DEAD).reduce(
    ([sum, open], name) => [sum + sink.of(name).length, open + sink.openOf(name)] as const,
    [0, 0] as readonly [number, number],
  );
  await using bus = await openEventBus({ databaseUrl: ground.databaseUrl, logger: silentLogger });
  const waiting = await ground.sql(
    `select count(*)::int as n from webhooks.delivery where status = 'pending' and next_attempt_at <= now()`,
    [],
  );
  printCounts('dead neighbours', {
    healthy: HEALTHY,
    dead: 2 * DEAD,
    'healthy deliveries': beside.length,
    'attempts that hang': asked,
    'due for dead endpoints': Number(waiting[0]?.n),
    'p50 alone': percentile(alone, 0.5),
    'p99 alone ms': percentile(alone, 0.99),
    'p50 beside': percentile(beside, 0.5),
    'p99 beside ms': percentile(beside, 0.99),
  });
  // Everything healthy arrived though not one of the attempts that hang had ended, and the bus holds nothing back for them.
  expect(asked).toBeGreaterThan(0);
  expect(stillOpen).toBe(asked);
  expect(await bus.oldestWaiting(EVENT_LEDGER)).toBeNull();
});
