import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@portico/contracts/ids';
import { createRandom } from '@portico/local/seed/random';
import { testEvent } from '@portico/webhook-relay/testing/start-test-relay';
import { expect, it } from 'vitest';
import { FULL, printCounts } from './counts.ts';
import { DEATH_POINTS, type Death } from './relay/death-points.ts';
import { forkRelay, type RelayProcess } from './relay/fork-relay.ts';
import { type Ground, openGround } from './relay/open-ground.ts';
import { outOfOrder } from './relay/out-of-order.ts';
import type { RelayPlan } from './relay/relay-process.ts';
import { answerAfter, eventIdOf, type FaultSink, startFaultSink } from './sink.ts';

const EVENTS = FULL ? 10_000 : 2_000;
const KILLS = FULL ? 60 : 30;
const SEED = process.env.FAULTS_SEED ?? 'killed at every step';
const ENDPOINTS = ['steady', 'slow', 'flaky', 'narrow', 'busy'];
/** A minute's retry takes two seconds, and a lease four. */
const SPEED = 30;
const ENGINE = { pollMs: 100, leaseMs: 120_000, timeoutMs: 1_500 };
/** The first of the points: an event is on its way to its deliveries. */
const INTAKE_POINTS = 4;
/** A death that did not come by itself. */
const LONGEST_LIFE_MS = 2_500;

/** Two of three die at a point, every point in its turn; the others whenever it happens. */
function deaths(): { lifeMs: number; death?: Death }[] {
  const random = createRandom(SEED);
  let turn = 0;
  return Array.from({ length: KILLS }, (_, kill) => {
    if (kill % 3 === 2) return { lifeMs: random.int(0, 600) };
    const place = turn++ % DEATH_POINTS.length;
    const point = DEATH_POINTS[place] ?? DEATH_POINTS[0];
    // Events of a life come in as one batch.
    const hit = place < INTAKE_POINTS ? 1 : random.int(1, 3);
    return { lifeMs: LONGEST_LIFE_MS, death: { point, hit, afterMs: random.pick([0, 0, 1, 3]) } };
  });
}

/** Of the flaky endpoint one event in sixteen, so that retries are written. */
function isRefusedFirst(eventId: string): boolean {
  return /[0g]$/.test(eventId);
}

async function openEndpoints(ground: Ground, sink: FaultSink): Promise<Map<string, string>> {
  const columns: Record<string, Readonly<Record<string, unknown>>> = { narrow: { concurrency: 5 }, busy: { concurrency: 50 } };
  const names = new Map<string, string>();
  for (const name of ENDPOINTS) names.set(await ground.endpoint(sink.urlOf(name), columns[name]), name);
  sink.behave('slow', answerAfter(15));
  sink.behave('flaky', (request) => {
    const id = eventIdOf(request);
    return isRefusedFirst(id) && sink.timesOf('flaky').get(id) === 1 ? 500 : 200;
  });
  return names;
}

type Leases = Map<string, Set<string>>;

/** Adds the lease of everything that a process had taken and not yet written down, by endpoint and event. */
async function noteLeases({ sql }: Ground, leases: Leases): Promise<void> {
  const rows = await sql(
    `select d.endpoint_id || ' ' || d.event_id as pair, l.lease from webhooks.lease l join webhooks.delivery d on d.id = l.delivery_id`,
    [],
  );
  for (const { pair, lease } of rows) leases.set(String(pair), (leases.get(String(pair)) ?? new Set()).add(String(lease)));
}

/** Answers whether it died by itself. */
async function liveAndDie(relay: RelayProcess, plan: RelayPlan, lifeMs: number): Promise<boolean> {
  await relay.start(plan);
  const byItself = await Promise.race([relay.ended.then(() => true), pause(lifeMs, false)]);
  await relay.kill();
  return byItself;
}

it('a relay that is killed at every step loses nothing, and sends twice only what was under way', { timeout: 300_000 }, async () => {
  await using ground = await openGround();
  await using sink = await startFaultSink();
  const endpoints = await openEndpoints(ground, sink);
  const aggregates = Array.from({ length: EVENTS / 4 }, () => newId('customer'));
  const events = Array.from({ length: EVENTS }, (_, place) =>
    testEvent({ aggregateId: aggregates[(place * 7) % aggregates.length] ?? '' }),
  );
  const plan = { databaseUrl: ground.databaseUrl, engine: ENGINE, clock: { from: Date.now(), speed: SPEED, aheadMs: 0 } };
  const leases: Leases = new Map();
  let byThemselves = 0;
  let next = forkRelay();
  for (const [kill, { lifeMs, death }] of deaths().entries()) {
    await ground.emit(events.slice((kill * EVENTS) / KILLS, ((kill + 1) * EVENTS) / KILLS));
    await using relay = next;
    next = forkRelay();
    byThemselves += (await liveAndDie(relay, { ...plan, death }, lifeMs)) ? 1 : 0;
    await noteLeases(ground, leases);
  }
  await using last = next;
  await last.start(plan);
  await expect.poll(() => ground.deliveries(), { timeout: 150_000, interval: 100 }).toEqual({ succeeded: EVENTS * ENDPOINTS.length });

  const received = [...endpoints].flatMap(([id, name]) => [...sink.timesOf(name)].map(([event, times]) => ({ id, name, event, times })));
  const refused = (name: string, event: string): number => (name === 'flaky' && isRefusedFirst(event) ? 1 : 0);
  const twice = received.map(({ id, name, event, times }) => ({ pair: `${id} ${event}`, more: times - 1 - refused(name, event) }));
  const unexplained = twice.filter(({ pair, more }) => more > (leases.get(pair)?.size ?? 0));
  printCounts('killed at every step', {
    events: EVENTS,
    deliveries: received.length,
    kills: KILLS,
    'at a point': byThemselves,
    lost: EVENTS * ENDPOINTS.length - received.length,
    'sent again': twice.reduce((sum, { more }) => sum + Math.max(0, more), 0),
    'under way at kills': [...leases.values()].reduce((sum, { size }) => sum + size, 0),
    'not explained': unexplained.length,
  });
  expect(received.length).toBe(EVENTS * ENDPOINTS.length);
  expect(unexplained).toEqual([]);
  expect(await ground.sql('select count(*)::int as n from webhooks.event', [])).toEqual([{ n: EVENTS }]);
  for (const name of ENDPOINTS) expect(outOfOrder(sink.of(name), events)).toEqual([]);
  // Otherwise the points are not where they were, and the kills say little.
  expect(byThemselves).toBeGreaterThanOrEqual(KILLS / 2);
});
