// Endpoints for which something is due that cannot be taken, beside one that can be served. A process with four workers has one for endpoints that fail, and
// one with a single worker looks at a single endpoint at a time: hundreds of such endpoints do the same to a process of the usual size.
import { expect, it } from 'vitest';
import { startSink } from '../testing/start-sink.ts';
import { startTestRelay, testEvent } from '../testing/start-test-relay.ts';

const MINUTE_MS = 60_000;

/** Lets through what is of one object. */
function only(aggregateId: string): { filter: string } {
  return { filter: JSON.stringify({ id: [aggregateId] }) };
}

it('what waits behind a retry of its object keeps no other endpoint from its own retry', async () => {
  let now = Date.now();
  await using relay = await startTestRelay({ now: () => new Date(now), engine: { workers: 4 } });
  await using sink = await startSink(() => 500);
  await relay.endpoint(sink.urlOf('blocked'), only('cust_1'));
  await relay.endpoint(sink.urlOf('other'), only('cust_2'));
  const deliver = async (): Promise<number[]> => {
    await relay.deliver();
    return [sink.of('blocked').length, sink.of('other').length];
  };
  await relay.publish(testEvent({ aggregateId: 'cust_1' }), testEvent({ aggregateId: 'cust_1' }));
  expect(await deliver()).toEqual([1, 0]);
  now += MINUTE_MS / 2;
  await relay.publish(testEvent({ aggregateId: 'cust_2' }));
  expect(await deliver()).toEqual([1, 1]);
  now += MINUTE_MS / 2;
  expect(await deliver()).toEqual([2, 1]);
  now += MINUTE_MS / 2;
  expect(await deliver()).toEqual([2, 2]);
});

it.each([
  ['its rate', (at: number) => ({ rate_per_second: 1, paced_until: new Date(at + MINUTE_MS) }), 1],
  ['the slot that another process has', () => ({ circuit_failures: 1 }), 4],
])('what waits for %s keeps no other endpoint back', async (what, columns, workers) => {
  let now = Date.now();
  await using relay = await startTestRelay({ now: () => new Date(now), engine: { workers } });
  await using sink = await startSink();
  const held = { status: 'paused', ...columns(now) };
  const full = await relay.endpoint(sink.urlOf('full'), { ...held, ...only('cust_1') });
  await relay.endpoint(sink.urlOf('other'), { ...held, rate_per_second: null, ...only('cust_2') });
  await relay.publish(testEvent({ aggregateId: 'cust_1' }));
  now += 1;
  await relay.publish(testEvent({ aggregateId: 'cust_2' }));
  // Nobody looks at them by the news of these after this.
  await relay.deliver();
  if (what !== 'its rate') {
    const lease = `insert into webhooks.lease (endpoint_id, delivery_id, lease, leased_until) values ($1, 'dlv_other', gen_random_uuid(), $2)`;
    await relay.sql(lease, [full, new Date(now + MINUTE_MS)]);
  }
  await relay.sql(`update webhooks.endpoint set status = 'active'`, []);
  await relay.deliver();
  expect([sink.of('full').length, sink.of('other').length]).toEqual([0, 1]);
});
