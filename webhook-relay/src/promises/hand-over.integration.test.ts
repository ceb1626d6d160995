import { newId } from '@portico/contracts/ids';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { describe, expect, it } from 'vitest';
import { startSink } from '../testing/start-sink.ts';
import { startTestRelay, type TestRelay, testEvent } from '../testing/start-test-relay.ts';

const DELIVERIES = 'select status, attempts from webhooks.delivery order by position';
const WITHIN = { interval: 5 };

/** What this moment's leases stand for: rows, or deliveries that are none yet. */
async function leases({ sql }: TestRelay): Promise<{ rows: number; inHand: number }> {
  const [row] = await sql(
    'select count(*) filter (where event_id is null)::int as rows, count(event_id)::int as "inHand" from webhooks.lease',
    [],
  );
  return row as { rows: number; inHand: number };
}

/** A receiver that answers when it is told to, `untilCount` times; later ones at once. */
async function startWaitingSink(untilCount = Number.POSITIVE_INFINITY) {
  const answers: ((status: number) => void)[] = [];
  const sink = await startSink((_, response) => {
    if (answers.length >= untilCount) return 200;
    answers.push((status) => response.writeHead(status).end());
    return undefined;
  });
  return { sink, answers };
}

describe('what can be sent at once', () => {
  it('is sent without being written down first, and is one row when it is over', async () => {
    // The clock stands: on a busy machine a second passes before somebody looks.
    const now = new Date();
    await using relay = await startTestRelay({ now: () => now });
    const { sink, answers } = await startWaitingSink();
    await using _ = sink;
    await relay.endpoint(sink.urlOf('one'));
    await relay.publish(testEvent());
    await expect.poll(() => answers.length, WITHIN).toBe(1);
    expect([await relay.sql(DELIVERIES, []), await leases(relay)]).toEqual([[], { rows: 0, inHand: 1 }]);
    answers[0]?.(200);
    await expect.poll(() => relay.sql(DELIVERIES, []), WITHIN).toEqual([{ status: 'succeeded', attempts: 1 }]);
    expect(await leases(relay)).toEqual({ rows: 0, inHand: 0 });
  });

  it('is a row that waits when it has not been over for a second, and is completed all the same', async () => {
    let now = Date.now();
    await using relay = await startTestRelay({ now: () => new Date(now) });
    await using other = await startTestRelay({ databaseUrl: relay.databaseUrl, now: () => new Date(now) });
    const { sink, answers } = await startWaitingSink();
    await using _ = sink;
    await relay.endpoint(sink.urlOf('one'));
    await relay.publish(testEvent());
    await expect.poll(() => answers.length, WITHIN).toBe(1);
    now += 999;
    await other.deliver();
    expect(await relay.sql(DELIVERIES, [])).toEqual([]);
    now += 1;
    await other.deliver();
    expect([await relay.sql(DELIVERIES, []), await leases(relay)]).toEqual([[{ status: 'pending', attempts: 0 }], { rows: 1, inHand: 0 }]);
    answers[0]?.(500);
    await expect.poll(() => relay.sql(DELIVERIES, []), WITHIN).toEqual([{ status: 'pending', attempts: 1 }]);
    expect([sink.received.length, await leases(relay)]).toEqual([1, { rows: 0, inHand: 0 }]);
  });

  it('is completed while it is being written down', async () => {
    // The clock stands, so that nobody has written it down before.
    const now = new Date();
    await using relay = await startTestRelay({ now: () => now });
    const { sink, answers } = await startWaitingSink();
    await using _ = sink;
    await relay.endpoint(sink.urlOf('one'));
    await relay.publish(testEvent());
    await expect.poll(() => answers.length, WITHIN).toBe(1);
    const waiting = `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await relay.relay.database.transaction(async (run) => {
      await run(`${allTenants('a test')}select webhooks.write_down(now() + interval '2 seconds')`, []);
      answers[0]?.(200);
      await expect.poll(() => relay.sql(waiting, []), WITHIN).toEqual([{ n: 1 }]);
    });
    await expect.poll(() => leases(relay), WITHIN).toEqual({ rows: 0, inHand: 0 });
    expect(await relay.sql(DELIVERIES, [])).toEqual([{ status: 'succeeded', attempts: 1 }]);
  });

  it('is sent by others when its process is gone and its lease has ended', async () => {
    let now = Date.now();
    await using relay = await startTestRelay({ now: () => new Date(now) });
    await using sink = await startSink();
    const id = await relay.endpoint(sink.urlOf('one'), { status: 'paused' });
    const event = testEvent();
    await relay.publish(event);
    // What a killed process leaves behind.
    await relay.sql(
      `with gone as (delete from webhooks.delivery returning *)
       insert into webhooks.lease (endpoint_id, delivery_id, lease, leased_until, event_id, aggregate_id, position)
       select endpoint_id, id, gen_random_uuid(), $1, event_id, aggregate_id, position from gone`,
      [new Date(now + 60_000)],
    );
    await relay.sql(`update webhooks.endpoint set status = 'active' where id = $1`, [id]);
    now += 59_999;
    await relay.deliver();
    expect(sink.received).toEqual([]);
    now += 1;
    await relay.deliver();
    expect(sink.received.map(({ headers }) => headers['webhook-id'])).toEqual([event.id]);
    expect(await relay.sql(DELIVERIES, [])).toEqual([{ status: 'succeeded', attempts: 1 }]);
  });

  it('has the same bytes when it is tried again from the ledger', async () => {
    let now = Date.now();
    await using relay = await startTestRelay({ now: () => new Date(now) });
    await using sink = await startSink(() => (sink.received.length === 1 ? 500 : 200));
    await relay.endpoint(sink.urlOf('one'));
    await relay.publish(testEvent({ payload: { status: 'active', createdAt: '2026-03-01T10:00:00.000Z', id: newId('customer') } }));
    await relay.deliver();
    // Another process: it renders what the ledger has.
    await using other = await startTestRelay({ databaseUrl: relay.databaseUrl, now: () => new Date(now) });
    now += 3_600_000;
    await other.deliver();
    const [first, second] = sink.received.map(({ body }) => body);
    expect(second).toBe(first);
  });
});

describe('what goes the way of the table', () => {
  it('what comes after something of its object, in hand, failed or in the same batch', async () => {
    let now = Date.now();
    await using relay = await startTestRelay({ now: () => new Date(now) });
    const { sink, answers } = await startWaitingSink(2);
    await using _ = sink;
    await relay.endpoint(sink.urlOf('one'));
    const [first, second, third] = Array.from({ length: 3 }, () => testEvent({ aggregateId: 'cust_1' }));
    if (first === undefined || second === undefined || third === undefined) throw new Error('There are three.');
    await relay.publish(first, second);
    await expect.poll(() => answers.length, WITHIN).toBe(1);
    await relay.publish(third, testEvent());
    // Another object passes.
    await expect.poll(() => answers.length, WITHIN).toBe(2);
    answers[1]?.(200);
    answers[0]?.(500);
    await expect.poll(() => leases(relay), WITHIN).toEqual({ rows: 0, inHand: 0 });
    await relay.deliver();
    expect(sink.received.length).toBe(2);
    now += 3_600_000;
    await relay.deliver();
    const ids = sink.received.filter(({ body }) => body.includes('cust_1')).map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual([first.id, first.id, second.id, third.id]);
  });

  it('what an endpoint has no room for, counted over all processes', async () => {
    const engine = { workers: 8 };
    await using one = await startTestRelay({ engine });
    await using two = await startTestRelay({ databaseUrl: one.databaseUrl, engine });
    const { sink, answers } = await startWaitingSink();
    await using _ = sink;
    await one.endpoint(sink.urlOf('narrow'), { concurrency: 3 });
    await one.publish(...Array.from({ length: 2 }, () => testEvent()));
    await two.publish(...Array.from({ length: 5 }, () => testEvent()));
    await expect.poll(() => answers.length, WITHIN).toBe(3);
    const all = async (): Promise<number> => (await one.sql(DELIVERIES, [])).length + (await leases(one)).inHand;
    expect([await all(), answers.length]).toEqual([7, 3]);
    for (let answered = 0; answered < 7; answered += 1) {
      await expect.poll(() => answers.length, WITHIN).toBeGreaterThan(answered);
      expect(answers.length - answered).toBeLessThanOrEqual(3);
      answers[answered]?.(200);
    }
  });

  it.each([
    ['is paused', { status: 'paused' }],
    ['is behind a gate', { gate_until: new Date(Date.now() + 3_600_000) }],
    ['failed last', { circuit_failures: 1 }],
    ['has a rate', { rate_per_second: 1_000 }],
    ['drains', { drain_per_second: 1_000 }],
  ])('what an endpoint gets that %s', async (_, columns) => {
    await using relay = await startTestRelay();
    const { sink } = await startWaitingSink();
    await using __ = sink;
    await relay.endpoint(sink.urlOf('one'), columns);
    await relay.publish(testEvent());
    expect([(await relay.sql(DELIVERIES, [])).length, (await leases(relay)).inHand]).toEqual([1, 0]);
  });

  it('what an endpoint gets for which older events are due', async () => {
    await using relay = await startTestRelay();
    const { sink } = await startWaitingSink();
    await using _ = sink;
    const id = await relay.endpoint(sink.urlOf('one'), { status: 'paused' });
    await relay.publish(testEvent());
    // Nobody looks at it again after this.
    await relay.deliver();
    await relay.sql(`update webhooks.endpoint set status = 'active' where id = $1`, [id]);
    await relay.publish(testEvent());
    expect([(await relay.sql(DELIVERIES, [])).length, (await leases(relay)).inHand]).toEqual([2, 0]);
  });
});
