import { createKeyRing } from '@portico/service-kit/sealing/key-ring';
import { askSubgraph, TEST_SECRET_KEYS, testCaller } from '@portico/service-kit/testing';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { sealedEndpoint } from '../endpoint.entity.ts';
import { newSecret, signingKeys } from '../signing/secret.ts';
import { houseSignature } from '../signing/sign.ts';
import { type Received, startSink } from '../testing/start-sink.ts';
import { SECRET, startTestRelay, TENANT, testEvent } from '../testing/start-test-relay.ts';

const ring = createKeyRing(TEST_SECRET_KEYS);
const DAY_MS = 24 * 3_600_000;

describe('the log of attempts', () => {
  it('keeps what was sent and heard without what is secret in it', async () => {
    await using relay = await startTestRelay();
    await using sink = await startSink((_, response) => {
      response.writeHead(200, { 'set-cookie': 'session=abc', 'x-user': 'Ada', 'content-type': 'text/plain' });
      response.end(`a\0b${'c'.repeat(100_000)}`);
      return undefined;
    });
    const id = await relay.endpoint(sink.urlOf('one'));
    const headers = sealedEndpoint.headers.seal(ring, id, { Authorization: 'Bearer of-the-partner' });
    await relay.sql('update webhooks.endpoint set headers_sealed = $2 where id = $1', [id, headers]);
    await relay.publish(testEvent());
    await relay.deliver();
    expect(sink.received[0]?.headers.authorization).toBe('Bearer of-the-partner');
    const [row] = await relay.sql(
      'select request_headers, response_headers, response_body, response_truncated, request_body from webhooks.attempt',
      [],
    );
    const text = JSON.stringify(row);
    const sent = String(sink.received[0]?.headers['x-webhook-signature']);
    for (const secret of ['of-the-partner', 'session=abc', 'Ada', sent]) expect(text).not.toContain(secret);
    expect(row).toMatchObject({
      request_headers: { Authorization: '***', 'X-Webhook-Signature': `sha256=…${sent.slice(-4)}`, 'X-Webhook-Attempt': '1' },
      response_headers: { 'set-cookie': '***', 'content-type': 'text/plain' },
      response_truncated: true,
      request_body: sink.received[0]?.body,
    });
    expect(String(row?.response_body).length).toBe(64 * 1024);
    expect(String(row?.response_body).startsWith('a\uFFFDb')).toBe(true);
  });
});

describe('the number of an attempt', () => {
  it('goes on through runs and refusals, while its header counts those of the schedule', async () => {
    let now = Date.now();
    await using relay = await startTestRelay({ now: () => new Date(now) });
    const answers = [{ status: 429, headers: { 'retry-after': '5' } }, 500, 200];
    await using sink = await startSink(() => answers.shift() ?? 200);
    await relay.endpoint(sink.urlOf('one'));
    await relay.publish(testEvent());
    for (const waitMs of [0, 5_000, 60_000]) {
      now += waitMs;
      await relay.deliver();
    }
    const [delivery] = await relay.sql('select id from webhooks.delivery', []);
    const caller = testCaller(['read', 'write'], TENANT);
    await askSubgraph(relay.relay, caller, 'mutation ($id: ID!) { replayWebhookDelivery(id: $id) { id } }', { id: delivery?.id });
    await relay.deliver();
    expect(sink.received.map(({ headers }) => headers['x-webhook-attempt'])).toEqual(['1', '1', '2', '1']);
    const logged = await relay.sql('select number, outcome from webhooks.attempt order by started_at', []);
    expect(logged.map(({ number, outcome }) => [number, outcome])).toEqual([
      [1, 'throttled'],
      [2, 'retry'],
      [3, 'succeeded'],
      [4, 'succeeded'],
    ]);
  });
});

describe('a rotation of the secret', () => {
  it('signs with both secrets until it expires, with the new one alone from then on', async () => {
    let now = Date.now();
    await using relay = await startTestRelay({ now: () => new Date(now) });
    await using sink = await startSink();
    const id = await relay.endpoint(sink.urlOf('one'));
    const next = newSecret();
    await relay.sql(
      `update webhooks.endpoint set secret_sealed = $2, previous_secret_sealed = $3, previous_secret_expires_at = $4, version = version + 1 where id = $1`,
      [id, sealedEndpoint.secret.seal(ring, id, next), sealedEndpoint.previousSecret.seal(ring, id, SECRET), new Date(now + 60_000)],
    );
    const verifies = ({ headers, body }: Received, secret: string): boolean => {
      try {
        new Webhook(secret).verify(body, headers as Record<string, string>);
        return true;
      } catch {
        return false;
      }
    };
    for (const [moveMs, oldVerifies] of [
      [59_999, true],
      [1, false],
    ] as const) {
      now += moveMs;
      await relay.publish(testEvent());
      await relay.deliver();
      const request = sink.received.at(-1);
      if (request === undefined) throw new Error('Nothing came.');
      expect([verifies(request, SECRET), verifies(request, next)]).toEqual([oldVerifies, true]);
      expect(request.headers['x-webhook-signature']).toBe(
        houseSignature(signingKeys(oldVerifies ? SECRET : next).house, Buffer.from(request.body)),
      );
    }
  });
});

describe('retention', () => {
  it('drops days of the log whole, and events with their deliveries, after thirty days', async () => {
    let now = Date.parse('2026-03-01T10:00:00.000Z');
    await using relay = await startTestRelay({ now: () => new Date(now) });
    await using sink = await startSink();
    await relay.endpoint(sink.urlOf('one'));
    const send = async (): Promise<void> => {
      await relay.publish(testEvent());
      await relay.deliver();
    };
    await send();
    now += 20 * DAY_MS;
    await send();
    const counts = async (): Promise<unknown> =>
      (
        await relay.sql(
          `select (select count(*)::int from webhooks.event) as events, (select count(*)::int from webhooks.delivery) as deliveries,
             (select count(*)::int from webhooks.attempt) as attempts`,
          [],
        )
      )[0];
    now += 9 * DAY_MS;
    for (const task of ['prune-ledger', 'keep-partitions']) await relay.relay.runTask(task);
    expect(await counts()).toEqual({ events: 2, deliveries: 2, attempts: 2 });
    now += 3 * DAY_MS;
    for (const task of ['prune-ledger', 'keep-partitions']) await relay.relay.runTask(task);
    expect(await counts()).toEqual({ events: 1, deliveries: 1, attempts: 1 });
  });

  it('keeps no line waiting for what a process had in hand when all of them went away for longer', async () => {
    let now = Date.parse('2026-03-01T10:00:00.000Z');
    await using idle = await startTestRelay({ now: () => new Date(now), idle: true });
    await using sink = await startSink();
    const id = await idle.endpoint(sink.urlOf('one'));
    // Its event has been pruned, and nobody had written it down.
    await idle.sql(
      `insert into webhooks.lease (endpoint_id, delivery_id, lease, leased_until, event_id, aggregate_id, position)
       values ($1, 'dlv_1', gen_random_uuid(), $2, 'evt_1', 'cust_1', 1)`,
      [id, new Date(now + 60_000)],
    );
    now += 31 * DAY_MS;
    await idle.relay.runTask('prune-ledger');
    await using relay = await startTestRelay({ databaseUrl: idle.databaseUrl, now: () => new Date(now) });
    await relay.publish(testEvent({ aggregateId: 'cust_1' }));
    await relay.deliver();
    expect(sink.received.length).toBe(1);
  });

  it('makes the partition of a day that nobody made ahead', async () => {
    let now = Date.parse('2026-03-01T10:00:00.000Z');
    await using relay = await startTestRelay({ now: () => new Date(now) });
    await using sink = await startSink();
    await relay.endpoint(sink.urlOf('one'));
    now += 40 * DAY_MS;
    await relay.publish(testEvent());
    await relay.deliver();
    expect(await relay.sql('select status from webhooks.delivery', [])).toEqual([{ status: 'succeeded' }]);
  });
});

it.each([
  ['succeeded', 200, { status: 'succeeded', failures: 0 }],
  ['retry', 500, { status: 'pending', failures: 1 }],
])('a batch of results whose answer was lost is written a second time without harm: %s', async (outcome, answer, { status, failures }) => {
  await using relay = await startTestRelay();
  await using sink = await startSink(() => answer);
  await relay.endpoint(sink.urlOf('one'));
  await relay.publish(testEvent());
  let answersToLose = 1;
  const { run } = relay.relay.database;
  const losing: typeof run = async (text, values) => {
    const rows = await run(text, values);
    if (text.includes('insert into webhooks.attempt') && answersToLose-- > 0) throw new Error('The connection broke.');
    return rows;
  };
  Object.assign(relay.relay.database, { run: losing });
  await relay.deliver();
  expect(answersToLose).toBeLessThan(0);
  expect(await relay.sql('select status, attempts from webhooks.delivery', [])).toEqual([{ status, attempts: 1 }]);
  expect(await relay.sql('select outcome from webhooks.attempt', [])).toEqual([{ outcome }]);
  expect(await relay.sql('select circuit_failures as failures from webhooks.endpoint', [])).toEqual([{ failures }]);
});
