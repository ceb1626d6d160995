import { newId } from '@portico/contracts/ids';
import { expect, it } from 'vitest';
import { claimDeliveries } from '../claiming/claim-deliveries.ts';
import type { ClaimedDelivery } from '../claiming/claimed-delivery.ts';
import { signingKeys } from '../signing/secret.ts';
import { sign } from '../signing/sign.ts';
import { SECRET, startTestRelay, type TestRelay, testEvent } from '../testing/start-test-relay.ts';
import type { AttemptResult } from './attempt-delivery.ts';
import { recordExchange } from './attempt-record.ts';
import { completeDeliveries } from './complete-deliveries.ts';

const NOW = new Date();
const REQUEST = { endpoints: null, full: [], slow: [], free: 10, freeForFailing: 2, now: NOW, leaseMs: 60_000 };

/** Claims nothing by itself. */
const IDLE = { engine: { workers: 0 } };

async function claimOf(relay: TestRelay, count: number, aggregateId?: string): Promise<ClaimedDelivery[]> {
  await relay.endpoint('http://127.0.0.1:1/');
  await relay.publish(...Array.from({ length: count }, () => testEvent(aggregateId === undefined ? {} : { aggregateId })));
  return claimDeliveries(relay.relay.database, { ...REQUEST, now: new Date(Date.now() + 1_000) });
}

function succeeded(delivery: ClaimedDelivery): AttemptResult {
  const outcome = {
    kind: 'answered',
    status: 200,
    headers: {},
    body: Buffer.alloc(0),
    truncated: false,
    timings: { firstByteMs: 1, totalMs: 1 },
  } as const;
  const [body, keys] = [Buffer.alloc(0), signingKeys(SECRET)];
  const signed = sign({ eventId: delivery.eventId, eventType: delivery.eventType, attempt: 1, timestampSeconds: 0, body, keys });
  const attempt = { ...recordExchange({}, signed, body, outcome), id: newId('attempt'), number: 1, url: 'http://127.0.0.1:1/' };
  return { delivery, verdict: { kind: 'succeeded' }, endedAt: NOW, attempt: { ...attempt, startedAt: NOW } };
}

it('can be written twice, when the answer to the first writing was lost: the second changes nothing', async () => {
  await using relay = await startTestRelay(IDLE);
  const results = (await claimOf(relay, 2)).map(succeeded);
  const { run } = relay.relay.database;
  const options = { succeeded: [], now: NOW };
  expect((await completeDeliveries(run, results, options)).stood).toEqual(new Set(results.map(({ delivery }) => delivery.id)));
  expect((await completeDeliveries(run, results, options)).stood).toEqual(new Set());
  expect(await relay.sql('select status, attempts_total from webhooks.delivery', [])).toEqual([
    { status: 'succeeded', attempts_total: 1 },
    { status: 'succeeded', attempts_total: 1 },
  ]);
  expect(await relay.sql('select count(*)::int as logged from webhooks.attempt', [])).toEqual([{ logged: 2 }]);
});

it('names the endpoints for which more is due, and no others', async () => {
  await using relay = await startTestRelay(IDLE);
  const { run } = relay.relay.database;
  // One line: the second delivery waits for the first.
  const [first, ...rest] = await claimOf(relay, 2, newId('customer'));
  if (first === undefined) throw new Error('Nothing was claimed.');
  expect(rest).toEqual([]);
  const options = { succeeded: [first.endpointId], now: new Date(Date.now() + 1_000) };
  expect((await completeDeliveries(run, [succeeded(first)], options)).waiting).toEqual(new Set([first.endpointId]));
  const [second] = await claimDeliveries(relay.relay.database, { ...REQUEST, now: new Date(Date.now() + 1_000) });
  if (second === undefined) throw new Error('The second was not claimed.');
  expect((await completeDeliveries(run, [succeeded(second)], options)).waiting).toEqual(new Set());
  const [row] = await relay.sql('select last_succeeded_at is not null as noted, circuit_failures from webhooks.endpoint', []);
  expect(row).toEqual({ noted: true, circuit_failures: 0 });
});
