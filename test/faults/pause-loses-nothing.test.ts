import { newId } from '@portico/contracts/ids';
import { askSubgraph, testCaller } from '@portico/service-kit/testing';
import { TENANT, testEvent } from '@portico/webhook-relay/testing/start-test-relay';
import { expect, it } from 'vitest';
import { FULL, printCounts } from './counts.ts';
import { forkRelay } from './relay/fork-process.ts';
import { type Ground, openGround } from './relay/open-ground.ts';
import { outOfOrder } from './relay/out-of-order.ts';
import { eventIdOf, startFaultSink } from './sink.ts';

const HELD = FULL ? 5_000 : 2_000;
const CAP = FULL ? 50 : 200;
const HOUR_MS = 3_600_000;
const ENGINE = { pollMs: 100, leaseMs: 6_000, timeoutMs: 5_000 };
const WITHIN = { timeout: 60_000, interval: 20 };

function switchEndpoint(ground: Ground, id: string, mutation: string): Promise<unknown> {
  const source = `mutation ($id: ID!) { ${mutation} { status } }`;
  return askSubgraph(ground.graph.subgraph, testCaller(['read', 'write'], TENANT), source, { id });
}

/** The log notes whole milliseconds. */
const SECOND_MS = 999;
/** At most so many attempts are begun and not noted yet. A process that is held up then notes them late: beside those that come a second after them. */
const NOTED_LATE = 2;

/** The most of these moments (ms) within any second. */
function busiestSecond(moments: readonly number[]): number {
  const sorted = moments.toSorted((a, b) => a - b);
  let first = 0;
  return sorted.reduce((most, at, last) => {
    while (at - (sorted[first] ?? at) > SECOND_MS) first += 1;
    return Math.max(most, last - first + 1);
  }, 0);
}

it('a paused endpoint gets nothing for an hour, and then all of it, in order and at its pace, though the relay is killed', {
  timeout: 300_000,
}, async () => {
  await using ground = await openGround();
  await using sink = await startFaultSink();
  let up = false;
  sink.behave('partner', () => (up ? 200 : 500));
  const id = await ground.endpoint(sink.urlOf('partner'));
  await ground.endpoint(sink.urlOf('witness'), { concurrency: 50 });
  const aggregates = Array.from({ length: 60 }, () => newId('customer'));
  const [early, held] = [2, HELD].map((count) =>
    Array.from({ length: count }, (_, place) => testEvent({ aggregateId: aggregates[place % aggregates.length] ?? '' })),
  );
  if (early === undefined || held === undefined) throw new Error('There are two lots.');
  const planAt = (aheadMs: number) => ({ databaseUrl: ground.databaseUrl, engine: ENGINE, clock: { from: Date.now(), speed: 1, aheadMs } });

  await using before = forkRelay();
  await using paused = forkRelay();
  await using draining = forkRelay();
  await before.start(planAt(0));
  await ground.emit(early);
  const failed = `select count(*)::int as n from webhooks.delivery d where d.endpoint_id = $1 and d.attempts = 1
    and not exists (select from webhooks.lease l where l.endpoint_id = d.endpoint_id and l.delivery_id = d.id)`;
  await expect.poll(() => ground.sql(failed, [id]), WITHIN).toEqual([{ n: early.length }]);
  await switchEndpoint(ground, id, 'pauseWebhookEndpoint(id: $id)');
  await before.kill();

  // An hour later the retries have long been due. When the witness has everything, the relay has looked at all of it.
  await paused.start(planAt(HOUR_MS));
  await ground.emit(held);
  await expect.poll(() => sink.timesOf('witness').size, WITHIN).toBe(early.length + HELD);
  expect(sink.of('partner').length).toBe(early.length);

  up = true;
  await switchEndpoint(ground, id, `resumeWebhookEndpoint(id: $id, drainPerSecond: ${CAP})`);
  await expect.poll(() => sink.of('partner').length, WITHIN).toBeGreaterThan(HELD / 3);
  await paused.kill();
  await draining.start(planAt(HOUR_MS));
  const pending = `select count(*)::int as n from webhooks.delivery where endpoint_id = $1 and status <> 'succeeded'`;
  await expect.poll(() => ground.sql(pending, [id]), { timeout: 200_000, interval: 100 }).toEqual([{ n: 0 }]);

  const drained = sink.of('partner').slice(early.length);
  const began = await ground.sql('select started_at from webhooks.attempt where endpoint_id = $1', [id]);
  const busiest = {
    'sent in the busiest second': busiestSecond(began.map(({ started_at }) => Number(new Date(String(started_at))))),
    'received in it': busiestSecond(drained.map(({ at }) => at)),
  };
  printCounts('pause', {
    events: early.length + HELD,
    received: new Set(drained.map(eventIdOf)).size,
    requests: drained.length,
    ...busiest,
  });
  expect(new Set(drained.map(eventIdOf))).toEqual(new Set([...early, ...held].map((event) => event.id)));
  expect(outOfOrder(drained, [...early, ...held])).toEqual([]);
  expect(busiest['sent in the busiest second']).toBeLessThanOrEqual(CAP + 1 + NOTED_LATE);
});
