import type { Caller } from '@portico/contracts/caller';
import { EVENT_CATALOGUE } from '@portico/contracts/events/catalogue';
import { orderCreated } from '@portico/contracts/events/orders';
import { newId } from '@portico/contracts/ids';
import { askSubgraph, testCaller } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Receiver, response, startReceiver } from './testing/start-receiver.ts';
import { type RelayGraphForTests, startRelayGraph } from './testing/start-relay-graph.ts';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const HOUR = 3_600_000;
let relay: RelayGraphForTests;
let receiver: Receiver;

beforeAll(async () => {
  relay = await startRelayGraph({ now: () => NOW });
  receiver = await startReceiver((socket) => void socket.write(response(200)));
  await relay.subgraph.database.run(
    `create table webhooks.attempt_all partition of webhooks.attempt for values from ('2026-01-01') to ('2027-01-01')`,
    [],
  );
});
afterAll(async () => {
  await receiver?.[Symbol.asyncDispose]();
  await relay?.[Symbol.asyncDispose]();
});

async function ask<Result>(caller: Caller, source: string, variables: Record<string, unknown> = {}): Promise<Result> {
  const data = await askSubgraph<Record<string, Result>>(relay.subgraph, caller, source, variables);
  return Object.values(data)[0] as Result;
}

const payload = (customerId: string) =>
  orderCreated.payload.parse({
    id: newId('order'),
    customerId,
    status: 'pending',
    total: 5_998,
    currency: 'USD',
    items: [{ productId: newId('product'), sku: 'MUG', quantity: 2, unitPrice: 2_999 }],
    createdAt: NOW.toISOString(),
    updatedAt: NOW.toISOString(),
  });

async function endpointOf(caller: Caller, filter: object | null = null): Promise<string> {
  const source = 'mutation ($input: RegisterWebhookEndpointInput!) { registerWebhookEndpoint(input: $input) { id } }';
  return (await ask<{ id: string }>(caller, source, { input: { url: receiver.url, events: ['order.created'], filter } })).id;
}

/** An event in the ledger, `age` hours old. */
async function addEvent({ accountId, mode, requestId }: Caller, age: number, customerId = 'cust_1'): Promise<string> {
  const id = newId('event');
  const at = new Date(NOW.getTime() - age * HOUR);
  await relay.subgraph.database.run(
    `insert into webhooks.event (id, account_id, mode, type, payload_version, aggregate_id, payload, request_id, occurred_at, received_at)
     values ($1, $2, $3, 'order.created', 1, $4, $5, $6, $7, $7)`,
    [id, accountId, mode, newId('order'), JSON.stringify(payload(customerId)), requestId, at],
  );
  return id;
}

async function addDelivery({ accountId, mode }: Caller, endpointId: string, status: string, age: number, eventId = newId('event')) {
  const id = newId('delivery');
  await relay.subgraph.database.run(
    `insert into webhooks.delivery (id, account_id, mode, event_id, endpoint_id, event_type, aggregate_id, status, attempts, attempts_total, created_at)
     values ($1, $2, $3, $4, $5, 'order.created', $4, $6, 5, 5, $7)`,
    [id, accountId, mode, eventId, endpointId, status, new Date(NOW.getTime() - age * HOUR)],
  );
  return id;
}

async function addAttempt({ accountId, mode }: Caller, deliveryId: string, number: number): Promise<void> {
  await relay.subgraph.database.run(
    `insert into webhooks.attempt (id, account_id, mode, delivery_id, endpoint_id, event_id, number, outcome, url, request_headers, request_body,
       response_status, response_headers, response_body, timings, duration_ms, started_at)
     values ($1, $2, $3, $4, 'wh', 'evt', $5, 'retry', 'https://example.com', '{"X-A":"***"}', '{}', 503, '{"server":"x"}', 'busy',
       '{"totalMs":12.5}', 13, $6)`,
    [newId('attempt'), accountId, mode, deliveryId, number, new Date(NOW.getTime() + number * 1_000)],
  );
}

describe('the ledger', () => {
  it('shows events as version 1 of the webhook body has them, newest first, to their tenant', async () => {
    const caller = testCaller(['events:read']);
    const [old, young] = [await addEvent(caller, 5), await addEvent(caller, 1)];
    const LIST = 'query ($f: EventFilter) { events(filter: $f, page: { number: 1, size: 1 }) { items { id type data occurredAt } total } }';
    expect(await ask(caller, LIST)).toMatchObject({
      items: [
        { id: young, type: 'order.created', data: { total: 59.98, items: [{ unitPrice: 29.99 }] }, occurredAt: '2026-03-01T11:00:00.000Z' },
      ],
      total: 2,
    });
    expect(await ask(caller, LIST, { f: { createdBefore: '2026-03-01T08:00:00Z' } })).toMatchObject({ items: [{ id: old }], total: 1 });
    await addEvent(caller, 0);
    expect(await ask(caller, LIST)).toMatchObject({ total: 3 });
    expect(await ask(testCaller(), LIST)).toMatchObject({ items: [], total: 0 });
    await expect(ask(testCaller(['webhooks:read']), LIST)).rejects.toMatchObject({ code: 'AUTHORIZATION_ERROR' });
  });

  it('shows what it knows of an event whose type a later release wrote, and all others whole', async () => {
    const caller = testCaller(['events:read']);
    const [known, later] = [await addEvent(caller, 2), await addEvent(caller, 1)];
    await relay.subgraph.database.run(`update webhooks.event set type = 'order.shipped' where account_id = $1 and mode = $2 and id = $3`, [
      caller.accountId,
      caller.mode,
      later,
    ]);
    expect(await ask(caller, 'query { events(page: { size: 9 }) { items { id type data } } }')).toMatchObject({
      items: [
        { id: later, type: 'order.shipped', data: {} },
        { id: known, data: { total: 59.98 } },
      ],
    });
  });

  it('tells which of a thousand ids it does not have, of its tenant', async () => {
    const caller = testCaller();
    const [known, missing] = [await addEvent(caller, 1), newId('event')];
    const UNKNOWN = 'query ($ids: [ID!]!) { unknownEvents(ids: $ids) }';
    expect(await ask(caller, UNKNOWN, { ids: [missing, known, 'nonsense'] })).toEqual([missing, 'nonsense']);
    expect(await ask(testCaller(), UNKNOWN, { ids: [known] })).toEqual([known]);
    await expect(ask(caller, UNKNOWN, { ids: Array(1_001).fill(missing) })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  it('lists every event type with the schema of its body in both versions', async () => {
    const types = await ask<{ name: string; subscribable: boolean; schemas: Record<string, { required: string[] }> }[]>(
      testCaller(),
      '{ webhookEventTypes { name summary version subscribable schemas } }',
    );
    expect(types.filter(({ subscribable }) => subscribable).map(({ name }) => name)).toEqual([...EVENT_CATALOGUE.keys()]);
    expect(types.filter(({ subscribable }) => !subscribable).map(({ name }) => name)).toEqual(['webhook.test']);
    for (const { schemas } of types) expect([schemas['1']?.required[0], schemas['2']?.required[0]]).toEqual(['id', 'event_id']);
  });
});

describe('deliveries', () => {
  it('are read with their attempts in one statement, newest first', async () => {
    const caller = testCaller();
    const id = await addDelivery(caller, newId('webhook'), 'dead', 1);
    for (const number of [1, 2]) await addAttempt(caller, id, number);
    const ATTEMPTS =
      'attempts { number outcome startedAt request { url headers body } response { status headers body truncated } error { code } timings { dnsMs totalMs } }';
    const second = {
      number: 2,
      outcome: 'retry',
      startedAt: '2026-03-01T12:00:02.000Z',
      request: { url: 'https://example.com', headers: { 'X-A': '***' }, body: '{}' },
      response: { status: 503, headers: { server: 'x' }, body: 'busy', truncated: false },
      error: null,
      timings: { dnsMs: null, totalMs: 12.5 },
    };
    expect(await ask(caller, `query ($id: ID!) { webhookDelivery(id: $id) { status attemptCount ${ATTEMPTS} } }`, { id })).toEqual({
      status: 'dead',
      attemptCount: 5,
      attempts: [second, expect.objectContaining({ number: 1 })],
    });
    const LOG =
      'query ($f: WebhookAttemptFilter) { webhookAttempts(filter: $f, page: { size: 1 }) { items { number response { status } } nextCursor } }';
    expect(await ask(caller, LOG, { f: { deliveryId: [id] } })).toEqual({
      items: [{ number: 2, response: { status: 503 } }],
      nextCursor: expect.any(String),
    });
    expect(await ask(testCaller(), LOG, { f: { deliveryId: [id] } })).toMatchObject({ items: [] });
  });

  it('are put to work again one by one, unless an attempt is under way or the endpoint is gone', async () => {
    const caller = testCaller();
    const REPLAY = 'mutation ($id: ID!) { replayWebhookDelivery(id: $id) { status attemptsOfRun attemptCount nextAttemptAt } }';
    const id = await addDelivery(caller, await endpointOf(caller), 'succeeded', 1);
    const wakes = relay.wakes();
    const again = { status: 'pending', attemptsOfRun: 0, attemptCount: 5, nextAttemptAt: NOW.toISOString() };
    expect(await ask(caller, REPLAY, { id })).toEqual(again);
    expect(relay.wakes()).toBe(wakes + 1);
    const lease = `insert into webhooks.lease (endpoint_id, delivery_id, lease, leased_until)
      select d.endpoint_id, d.id, gen_random_uuid(), $4 from webhooks.delivery d where d.account_id = $1 and d.mode = $2 and d.id = $3`;
    await relay.subgraph.database.run(lease, [caller.accountId, caller.mode, id, new Date(NOW.getTime() + 1)]);
    await expect(ask(caller, REPLAY, { id })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(ask(testCaller(), REPLAY, { id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    for (const status of ['cancelled', 'succeeded', 'dead']) {
      const left = await addDelivery(caller, newId('webhook'), status, 1);
      await expect(ask(caller, REPLAY, { id: left }), status).rejects.toMatchObject({ code: 'INVALID_STATE', details: { status } });
      expect(await ask(caller, 'query ($id: ID!) { webhookDelivery(id: $id) { status } }', { id: left })).toEqual({ status });
    }
  });

  it('that wait are cancelled with their endpoint, and its replays stop', async () => {
    const caller = testCaller();
    const endpointId = await endpointOf(caller);
    const [waiting, done] = [await addDelivery(caller, endpointId, 'pending', 1), await addDelivery(caller, endpointId, 'succeeded', 1)];
    const replay = await start(caller, endpointId, { what: 'all', since: '2026-02-01T00:00:00Z' });
    await ask(caller, 'mutation ($id: ID!) { deleteWebhookEndpoint(id: $id) { id } }', { id: endpointId });
    const STATUS = 'query ($id: ID!) { webhookDelivery(id: $id) { status } }';
    expect(await ask(caller, STATUS, { id: waiting })).toEqual({ status: 'cancelled' });
    expect(await ask(caller, STATUS, { id: done })).toEqual({ status: 'succeeded' });
    expect(await ask(caller, 'query ($id: ID!) { webhookReplay(id: $id) { status } }', { id: replay.id })).toEqual({ status: 'cancelled' });
    expect(await ask(caller, 'query ($id: ID!) { webhookEndpoint(id: $id) { id } }', { id: endpointId })).toBeNull();
  });
});

type Replay = { id: string | null; status: string | null; total: number };
const start = (caller: Caller, endpointId: string, input: object): Promise<Replay> =>
  ask(
    caller,
    'mutation ($id: ID!, $input: StartWebhookReplayInput!) { startWebhookReplay(endpointId: $id, input: $input) { id status total what since until events perSecond } }',
    { id: endpointId, input },
  );

describe('a bulk replay', () => {
  const since = '2026-03-01T00:00:00Z';

  it('counts before it starts: failed, missing, all', async () => {
    const caller = testCaller();
    const endpointId = await endpointOf(caller);
    await addDelivery(caller, endpointId, 'dead', 1, await addEvent(caller, 1));
    await addDelivery(caller, endpointId, 'dead', 20, await addEvent(caller, 20));
    await addDelivery(caller, endpointId, 'succeeded', 2, await addEvent(caller, 2));
    await addEvent(caller, 3);
    const dry = (what: string): Promise<Replay> => start(caller, endpointId, { what, since, dryRun: true });
    expect([(await dry('failed')).total, (await dry('missing')).total, (await dry('all')).total]).toEqual([1, 1, 3]);
    expect(await dry('all')).toMatchObject({ id: null, status: null });
    const job = await start(caller, endpointId, { what: 'all', since });
    expect(job).toMatchObject({
      id: expect.stringMatching(/^replay_/),
      status: 'running',
      total: 3,
      perSecond: 50,
      until: NOW.toISOString(),
    });
    const CANCEL = 'mutation ($id: ID!) { cancelWebhookReplay(id: $id) { status } }';
    expect(await ask(caller, CANCEL, { id: job.id })).toEqual({ status: 'cancelled' });
    await expect(ask(testCaller(), CANCEL, { id: job.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('runs at most five times for an endpoint, also of those that are asked for at the same time', async () => {
    const caller = testCaller();
    const endpointId = await endpointOf(caller);
    const tries = await Promise.allSettled(Array.from({ length: 12 }, () => start(caller, endpointId, { what: 'failed', since })));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    for (const one of tries) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'CONFLICT' });
  });

  it('counts what is missing through the endpoint’s filter', async () => {
    const caller = testCaller();
    const endpointId = await endpointOf(caller, { customerId: ['cust_1'] });
    for (const customer of ['cust_1', 'cust_2', 'cust_1']) await addEvent(caller, 1, customer);
    expect(await start(caller, endpointId, { what: 'missing', since, dryRun: true })).toMatchObject({ total: 2 });
  });

  it.each([
    [{ what: 'failed', since: '2026-03-02T00:00:00Z' }, 'since'],
    [{ what: 'failed', since, perSecond: 0 }, 'perSecond'],
    [{ what: 'failed', since, events: ['nope'] }, 'events[0]'],
  ])('refuses %j, naming %s', async (input, field) => {
    const caller = testCaller();
    const endpointId = await endpointOf(caller);
    await expect(start(caller, endpointId, input)).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { [field]: expect.any(String) },
    });
  });
});
