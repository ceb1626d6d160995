// Thousands of one object wait behind its first. None of these relays looks by itself: what goes on does so because somebody said so.
import { newId } from '@portico/contracts/ids';
import { askSubgraph, testCaller } from '@portico/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { completeDeliveries } from '../attempts/complete-deliveries.ts';
import { type ClaimRequest, claimDeliveries } from '../claiming/claim-deliveries.ts';
import { type Sink, startSink } from '../testing/start-sink.ts';
import { insertEndpoint, startTestRelay, TENANT, type TestRelay, testEvent } from '../testing/start-test-relay.ts';

const MINUTE_MS = 60_000;
const AGGREGATE = 'cust_long';
/** A crowd, and one that a slow machine has sent in seconds. */
const LINE = 150;
const REQUEST = { endpoints: null, full: [], slow: [], free: 256, freeForFailing: 64, leaseMs: MINUTE_MS } satisfies Omit<
  ClaimRequest,
  'now'
>;

/** The first of an object is due in an hour, so many after it since a minute ago. */
async function fillLine({ sql }: TestRelay, endpointId: string, count: number): Promise<void> {
  await sql(
    `insert into webhooks.delivery (id, account_id, mode, event_id, endpoint_id, event_type, aggregate_id, status, next_attempt_at, created_at)
     select $3 || n, $1, $2, $3 || n, $3, 'customer.created', $4, 'pending',
       case n when 0 then now() + interval '1 hour' else now() - interval '1 minute' end, now() from generate_series(0, $5::int) n`,
    [TENANT.accountId, TENANT.mode, endpointId, AGGREGATE, count],
  );
  await sql('analyze webhooks.delivery', []);
}

async function countAside({ sql }: TestRelay): Promise<number> {
  const [row] = await sql(`select count(*)::int as aside from webhooks.delivery where status = 'pending' and next_attempt_at is null`, []);
  return Number(row?.aside);
}

/** So many behind the first of their object, which has failed once; most of them are put aside. Ids are those of the events. */
async function startLine(relay: TestRelay, sink: Sink, count: number, columns = {}): Promise<{ endpointId: string; ids: string[] }> {
  const endpointId = await relay.endpoint(sink.urlOf('long'), columns);
  const events = Array.from({ length: count + 1 }, () => testEvent({ aggregateId: AGGREGATE }));
  await relay.publish(...events.slice(0, 1));
  await relay.deliver();
  await relay.publish(...events.slice(1));
  await relay.deliver();
  await expect.poll(() => countAside(relay)).toBeGreaterThanOrEqual(count - 100);
  return { endpointId, ids: events.map(({ id }) => id) };
}

function idsOf(sink: Sink, name = 'long'): unknown[] {
  return sink.of(name).map(({ headers }) => headers['webhook-id']);
}

describe('a look at an endpoint', () => {
  it('reads a bounded number of rows, however many wait behind one', { timeout: 60_000 }, async () => {
    await using relay = await startTestRelay({ idle: true });
    await fillLine(relay, await relay.endpoint('https://partner.example/'), 20_000);
    const read = await relay.relay.database.transaction(async (run) => {
      const fetched = async (): Promise<number> => {
        const counted = `select sum(idx_tup_fetch)::int as rows from pg_stat_xact_user_tables where schemaname = 'webhooks' and relname = 'delivery'`;
        return Number((await run(counted, []))[0]?.rows);
      };
      const before = await fetched();
      expect(await claimDeliveries({ run }, { ...REQUEST, now: new Date() })).toEqual([]);
      return (await fetched()) - before;
    });
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(2_000);
  });

  it('costs nothing more once what waits is put aside', { timeout: 60_000 }, async () => {
    await using relay = await startTestRelay({ idle: true });
    const endpointId = await relay.endpoint('https://partner.example/');
    await fillLine(relay, endpointId, 1_000);
    for (let aside = -1; aside < (await countAside(relay)); ) {
      aside = await countAside(relay);
      expect(await claimDeliveries(relay.relay.database, { ...REQUEST, now: new Date() })).toEqual([]);
    }
    // A few that wait behind others of their objects are no crowd.
    expect(await countAside(relay)).toBeGreaterThan(900);
    const [left] = await relay.sql(`select count(*)::int as due from webhooks.delivery where next_attempt_at <= now()`, []);
    expect(left?.due).toBeLessThan(100);
  });
});

it('keeps neither other objects of the endpoint nor other tenants back', { timeout: 60_000 }, async () => {
  let now = Date.now();
  await using relay = await startTestRelay({ now: () => new Date(now) });
  let first = '';
  await using sink = await startSink(({ headers }) => (headers['webhook-id'] === first ? 500 : 200));
  const paused = await relay.endpoint(sink.urlOf('long'), { status: 'paused' });
  const other = { accountId: newId('account'), mode: TENANT.mode };
  await insertEndpoint(relay.sql, sink.urlOf('other'), { account_id: other.accountId, status: 'paused' });
  const line = Array.from({ length: 2_000 }, () => testEvent({ aggregateId: AGGREGATE }));
  first = line[0]?.id ?? '';
  await relay.publish(...line);
  now += 1;
  const [behind, elsewhere] = [testEvent(), testEvent(other)];
  await relay.publish(behind, elsewhere);
  await relay.sql(`update webhooks.endpoint set status = 'active'`, []);
  await relay.deliver();
  await expect.poll(() => idsOf(sink)).toEqual([first, behind.id]);
  expect(idsOf(sink, 'other')).toEqual([elsewhere.id]);
  expect(await relay.sql('select status from webhooks.delivery where endpoint_id = $1 and event_id = $2', [paused, first])).toEqual([
    { status: 'pending' },
  ]);
});

describe('what waits in a long line goes out in its order, with nothing between', () => {
  it('when a retry failed and the next succeeds, with two processes', { timeout: 60_000 }, async () => {
    let now = Date.now();
    await using relay = await startTestRelay({ now: () => new Date(now) });
    await using second = await startTestRelay({ databaseUrl: relay.databaseUrl, now: () => new Date(now) });
    let up = false;
    await using sink = await startSink(() => (up ? 200 : 500));
    const { ids } = await startLine(relay, sink, LINE);
    now += MINUTE_MS;
    await relay.deliver();
    expect(idsOf(sink)).toEqual([ids[0], ids[0]]);
    up = true;
    now += 10 * MINUTE_MS;
    await Promise.all([relay.deliver(), second.deliver()]);
    await expect.poll(() => sink.received.length).toBe(ids.length + 2);
    expect(idsOf(sink)).toEqual([ids[0], ids[0], ...ids]);
  });

  it('when the first of it is dead', { timeout: 60_000 }, async () => {
    let now = Date.now();
    await using relay = await startTestRelay({ now: () => new Date(now) });
    let first: unknown;
    await using sink = await startSink(({ headers }) => {
      first ??= headers['webhook-id'];
      return headers['webhook-id'] === first ? 500 : 200;
    });
    const { ids } = await startLine(relay, sink, LINE, { schedule: 'short' });
    for (const minutes of [1, 5, 30]) {
      expect(new Set(idsOf(sink))).toEqual(new Set([ids[0]]));
      now += minutes * MINUTE_MS;
      await relay.deliver();
    }
    await expect.poll(() => new Set(idsOf(sink)).size).toBe(ids.length);
    expect(idsOf(sink).slice(-LINE)).toEqual(ids.slice(1));
  });

  it('when the first of it is sent again by hand', { timeout: 60_000 }, async () => {
    const now = Date.now();
    await using relay = await startTestRelay({ now: () => new Date(now) });
    let up = false;
    await using sink = await startSink(() => (up ? 200 : 500));
    const { ids } = await startLine(relay, sink, LINE);
    up = true;
    const [row] = await relay.sql('select id from webhooks.delivery where event_id = $1', [ids[0]]);
    const caller = testCaller(['read', 'write'], TENANT);
    await askSubgraph(relay.relay, caller, 'mutation ($id: ID!) { replayWebhookDelivery(id: $id) { status } }', { id: row?.id });
    await expect.poll(() => sink.received.length).toBe(ids.length + 1);
    expect(idsOf(sink)).toEqual([ids[0], ...ids]);
  });
});

it('lets go what is put aside at the moment in which the one before it is over', { timeout: 60_000 }, async () => {
  await using relay = await startTestRelay({ idle: true });
  const endpointId = await relay.endpoint('https://partner.example/');
  await fillLine(relay, endpointId, 300);
  const { database } = relay.relay;
  const now = new Date();
  await relay.sql('update webhooks.delivery set next_attempt_at = $2 where id = $1', [`${endpointId}0`, new Date(0)]);
  const [delivery] = await claimDeliveries(database, { ...REQUEST, now });
  if (delivery === undefined) throw new Error('The first can be taken.');
  const completed = await database.transaction(async (run) => {
    expect(await claimDeliveries({ run }, { ...REQUEST, now })).toEqual([]);
    const completion = completeDeliveries(database.run, [{ delivery, verdict: { kind: 'succeeded' }, endedAt: now }], {
      succeeded: [],
      now,
    });
    const waits = `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(() => relay.sql(waits, [])).toEqual([{ waiting: 1 }]);
    return { completion };
  });
  expect((await completed.completion).waiting).toEqual(new Set([endpointId]));
  const [next] = await relay.sql('select next_attempt_at from webhooks.delivery where id = $1', [`${endpointId}1`]);
  expect(next?.next_attempt_at).not.toBeNull();
  expect(await countAside(relay)).toBeGreaterThan(100);
});

it('finds a line whose first was deleted', { timeout: 60_000 }, async () => {
  await using relay = await startTestRelay({ idle: true });
  const endpointId = await relay.endpoint('https://partner.example/');
  await fillLine(relay, endpointId, 150);
  await claimDeliveries(relay.relay.database, { ...REQUEST, now: new Date() });
  expect(await countAside(relay)).toBe(150);
  await relay.relay.runTask('free-lines');
  expect(await countAside(relay)).toBe(150);
  await relay.sql('delete from webhooks.delivery where id = $1', [`${endpointId}0`]);
  await relay.relay.runTask('free-lines');
  expect(await countAside(relay)).toBe(149);
  const claimed = await claimDeliveries(relay.relay.database, { ...REQUEST, now: new Date(Date.now() + 1_000) });
  expect(claimed.map(({ id }) => id)).toEqual([`${endpointId}1`]);
});

it('keeps the pace of a resumed endpoint while any of what it held is put aside', { timeout: 60_000 }, async () => {
  await using relay = await startTestRelay({ idle: true });
  const endpointId = await relay.endpoint('https://partner.example/', { drain_per_second: 50 });
  await fillLine(relay, endpointId, 150);
  await claimDeliveries(relay.relay.database, { ...REQUEST, now: new Date() });
  expect(await countAside(relay)).toBe(150);
  await relay.sql(`update webhooks.delivery set next_attempt_at = now() where id = $1`, [`${endpointId}0`]);
  const pace = 'select drain_per_second from webhooks.endpoint';
  const now = new Date(Date.now() + 1_000);
  const [first, ...others] = await claimDeliveries(relay.relay.database, { ...REQUEST, now });
  expect([first?.id, ...others]).toEqual([`${endpointId}0`]);
  expect(await relay.sql(pace, [])).toEqual([{ drain_per_second: 50 }]);
});
