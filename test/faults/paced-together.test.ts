// Relays that share an endpoint with a rate, each stopped in turn for most of a second: what one of them missed must not come beside what the others do.
import { setTimeout as pause } from 'node:timers/promises';
import { testEvent } from '@portico/webhook-relay/testing/start-test-relay';
import { expect, it } from 'vitest';
import { FULL, printCounts } from './counts.ts';
import { forkRelay } from './relay/fork-process.ts';
import { openGround } from './relay/open-ground.ts';
import { startFaultSink } from './sink.ts';

const RATE = 100;
const EVENTS = FULL ? 3_000 : 800;
const ENGINE = { pollMs: 100, leaseMs: 20_000, timeoutMs: 10_000 };
const STOPPED_MS = 900;

it('relays that are held up never begin more than a quarter over the rate together, and nothing is lost or sent twice', async () => {
  await using ground = await openGround();
  await using sink = await startFaultSink();
  await using first = forkRelay();
  await using second = forkRelay();
  const relays = [first, second];
  await ground.endpoint(sink.urlOf('paced'), { rate_per_second: RATE, concurrency: 500 });
  const clock = { from: Date.now(), speed: 1, aheadMs: 0 };
  await Promise.all(relays.map((relay) => relay.start({ databaseUrl: ground.databaseUrl, engine: ENGINE, clock })));
  await ground.emit(Array.from({ length: EVENTS }, () => testEvent()));
  let stops = 0;
  for (let turn = 0; (await ground.deliveries()).succeeded !== EVENTS; turn += 1) {
    const { pid } = relays[turn % 2] ?? first;
    process.kill(pid, 'SIGSTOP');
    stops += 1;
    await pause(STOPPED_MS);
    process.kill(pid, 'SIGCONT');
    await pause(STOPPED_MS / 2);
  }
  const rows = await ground.sql('select extract(epoch from started_at) * 1000 as ms from webhooks.attempt order by started_at', []);
  const busiest = mostWithin(
    rows.map(({ ms }) => Number(ms)),
    1_000,
  );
  const received = sink.timesOf('paced');
  const twice = [...received.values()].filter((times) => times > 1).length;
  printCounts('paced together', { rate: RATE, events: EVENTS, stops, 'busiest second': busiest, twice });
  expect(received.size).toBe(EVENTS);
  expect(twice).toBe(0);
  expect(busiest).toBeLessThanOrEqual(RATE * 1.25 + 1);
});

/** How many of these times, in ascending order, lie within one such window at most. */
function mostWithin(times: readonly number[], windowMs: number): number {
  let from = 0;
  return times.reduce((most, time, i) => {
    while ((times[from] ?? time) <= time - windowMs) from += 1;
    return Math.max(most, i - from + 1);
  }, 0);
}
