import { newId } from '@portico/contracts/ids';
import { type DeliveryNews, onDeliveryNews } from '@portico/service-kit/metrics/delivery-state';
import { expect, it } from 'vitest';
import { startTestRelay, TENANT, type TestRelay } from '../testing/start-test-relay.ts';

const NOW = Date.parse('2026-03-01T10:00:00.000Z');
const at = (secondsAgo: number): Date => new Date(NOW - secondsAgo * 1_000);

async function queue(relay: TestRelay, endpointId: string, dueSecondsAgo: number, aggregateId = newId('customer')): Promise<void> {
  await relay.sql(
    `insert into webhooks.delivery (id, account_id, mode, event_id, endpoint_id, event_type, aggregate_id, status, next_attempt_at, created_at)
     values ($1, $2, $3, $4, $5, 'customer.created', $6, 'pending', $7, $7)`,
    [newId('delivery'), TENANT.accountId, TENANT.mode, newId('event'), endpointId, aggregateId, at(dueSecondsAgo)],
  );
}

async function measured(relay: TestRelay): Promise<Extract<DeliveryNews, { kind: 'backlog' }>> {
  const heard: DeliveryNews[] = [];
  using _ = onDeliveryNews((news) => void heard.push(news));
  await relay.relay.runTask('measure-backlog');
  const backlog = heard.findLast((news) => news.kind === 'backlog');
  if (backlog?.kind !== 'backlog') throw new Error('Nothing was measured.');
  return backlog;
}

it('late is what the relay could send: nothing that its endpoint, its rate or its place in line keeps back', async () => {
  await using relay = await startTestRelay({ now: () => new Date(NOW), idle: true });
  const url = 'https://partner.example/';
  // Paused; failing; slowed by its owner; asked for patience: each has something that was due long ago.
  for (const columns of [
    { status: 'paused' },
    { circuit_failures: 1 },
    { rate_per_second: 1 },
    { drain_per_second: 1 },
    { gate_until: at(-60) },
  ])
    await queue(relay, await relay.endpoint(url, columns), 900);
  const healthy = await relay.endpoint(url);
  // The first of an object waits for its retry, and the second for the first.
  await queue(relay, healthy, -60, 'cust_one');
  await queue(relay, healthy, 900, 'cust_one');
  expect(await measured(relay)).toMatchObject({ pending: 6, held: 1, oldestDueSeconds: 0 });
  // An attempt is under way.
  const taken = await relay.endpoint(url);
  await queue(relay, taken, 20);
  await relay.sql(
    `insert into webhooks.lease (endpoint_id, delivery_id, lease, leased_until)
     select endpoint_id, id, gen_random_uuid(), $2 from webhooks.delivery where endpoint_id = $1`,
    [taken, at(-1)],
  );
  expect(await measured(relay)).toMatchObject({ oldestDueSeconds: 0 });
  // Patience that ended half a minute ago is no excuse any more, nor is it one for the time before.
  await queue(relay, await relay.endpoint(url, { gate_until: at(30) }), 900);
  expect(await measured(relay)).toMatchObject({ oldestDueSeconds: 30 });
  await queue(relay, healthy, 45);
  expect(await measured(relay)).toMatchObject({ pending: 9, oldestDueSeconds: 45 });
});

it('what one endpoint holds, however much it is, hides nothing of the others', async () => {
  await using relay = await startTestRelay({ now: () => new Date(NOW), idle: true });
  const url = 'https://partner.example/';
  const paused = await relay.endpoint(url, { status: 'paused' });
  await relay.sql(
    `insert into webhooks.delivery (id, account_id, mode, event_id, endpoint_id, event_type, aggregate_id, status, next_attempt_at, created_at)
     select 'dlv_' || n, $1, $2, 'evt_' || n, $3, 'customer.created', 'cust_' || n, 'pending', $4, $4 from generate_series(1, 12000) n`,
    [TENANT.accountId, TENANT.mode, paused, at(900)],
  );
  await queue(relay, await relay.endpoint(url), 45);
  expect(await measured(relay)).toMatchObject({ held: 10_000, pending: 1, oldestDueSeconds: 45 });
});
