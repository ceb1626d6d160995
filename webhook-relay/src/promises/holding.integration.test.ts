import { askSubgraph, testCaller } from '@portico/service-kit/testing';
import { describe, expect, it } from 'vitest';
import type { Sender } from '../sending/send.ts';
import { type Received, startSink } from '../testing/start-sink.ts';
import { startTestRelay, TENANT, type TestRelay, testEvent } from '../testing/start-test-relay.ts';

const caller = testCaller(['read', 'write'], TENANT);

function idsOf(received: readonly Received[]): (string | string[] | undefined)[] {
  return received.map(({ headers }) => headers['webhook-id']);
}

/** The most requests in any second. */
function busiestSecond(received: readonly Pick<Received, 'at'>[]): number {
  const times = received.map(({ at }) => at).sort((a, b) => a - b);
  return Math.max(...times.map((start) => times.filter((at) => at >= start && at < start + 1_000).length));
}

function pause(relay: TestRelay, id: string): Promise<unknown> {
  return askSubgraph(relay.relay, caller, 'mutation ($id: ID!) { pauseWebhookEndpoint(id: $id) { status } }', { id });
}

function resume(relay: TestRelay, id: string, drainPerSecond?: number): Promise<unknown> {
  const source = 'mutation ($id: ID!, $drainPerSecond: Int) { resumeWebhookEndpoint(id: $id, drainPerSecond: $drainPerSecond) { status } }';
  return askSubgraph(relay.relay, caller, source, { id, drainPerSecond });
}

describe('events of one aggregate', () => {
  it('go out in their order, one after the other, while others pass', async () => {
    let now = Date.now();
    await using relay = await startTestRelay({ now: () => new Date(now) });
    let up = false;
    const [first, second, third] = [1, 2, 3].map(() => testEvent({ aggregateId: 'cust_one' }));
    await using sink = await startSink(({ headers }) => (!up && headers['webhook-id'] === first?.id ? 500 : 200));
    await relay.endpoint(sink.urlOf('ordered'));
    const others = [testEvent(), testEvent()];
    if (first === undefined || second === undefined || third === undefined) throw new Error('There are three.');
    await relay.publish(first, second, ...others, third);
    await relay.deliver();
    expect(new Set(idsOf(sink.received))).toEqual(new Set([first.id, ...others.map(({ id }) => id)]));
    up = true;
    now += 60_000;
    await relay.deliver();
    expect(idsOf(sink.received).slice(-3)).toEqual([first.id, second.id, third.id]);
  });

  it('go on when the first of them is dead', async () => {
    let now = Date.now();
    await using relay = await startTestRelay({ now: () => new Date(now) });
    const [first, second] = [testEvent({ aggregateId: 'cust_one' }), testEvent({ aggregateId: 'cust_one' })];
    await using sink = await startSink(({ headers }) => (headers['webhook-id'] === first.id ? 500 : 200));
    await relay.endpoint(sink.urlOf('ordered'), { schedule: 'short' });
    await relay.publish(first, second);
    for (const minutes of [0, 1, 5, 30]) {
      expect(idsOf(sink.received)).not.toContain(second.id);
      now += minutes * 60_000;
      await relay.deliver();
    }
    expect(idsOf(sink.received)).toContain(second.id);
  });
});

describe('a paused endpoint', () => {
  it('gets nothing, retries that were due included, and afterwards all of it in order at the pace that was set', async () => {
    let now = Date.now();
    const began = performance.now();
    // The clock runs, so that the pace can be seen, and jumps where the test says.
    const clock = (): Date => new Date(now + performance.now() - began);
    await using relay = await startTestRelay({ now: clock, engine: { pollMs: 100 } });
    let up = false;
    await using sink = await startSink(() => (up ? 200 : 500));
    // One at a time: on connections of their own, events of different objects can overtake each other.
    const id = await relay.endpoint(sink.urlOf('paused'), { concurrency: 1 });
    const early = testEvent();
    await relay.publish(early);
    await expect
      .poll(() => relay.sql('select d.attempts, l.lease from webhooks.delivery d left join webhooks.lease l on l.delivery_id = d.id', []))
      .toEqual([{ attempts: 1, lease: null }]);
    await pause(relay, id);
    const held = Array.from({ length: 30 }, () => testEvent());
    await relay.publish(...held);
    now += 3_600_000;
    await relay.deliver();
    expect(sink.received.length).toBe(1);
    up = true;
    await resume(relay, id, 20);
    await expect.poll(() => sink.received.length).toBe(32);
    const drained = sink.received.slice(1);
    expect(new Set(idsOf(drained))).toEqual(new Set([early, ...held].map((event) => event.id)));
    expect(idsOf(drained).filter((one) => one !== early.id)).toEqual(held.map((event) => event.id));
    expect(busiestSecond(drained)).toBeLessThanOrEqual(21);
    const spanMs = (drained.at(-1)?.at ?? 0) - (drained[0]?.at ?? 0);
    expect(spanMs).toBeGreaterThan(1_300);
    await expect.poll(() => relay.sql('select drain_per_second from webhooks.endpoint', [])).toEqual([{ drain_per_second: null }]);
  });

  it('begins its attempts in order when the process is held up, too', async () => {
    const begun: string[] = [];
    const sender: Sender = {
      async send({ headers }) {
        begun.push(headers['webhook-id'] ?? '');
        return {
          kind: 'answered',
          status: 200,
          headers: {},
          body: Buffer.alloc(0),
          truncated: false,
          timings: { firstByteMs: 1, totalMs: 1 },
        };
      },
      [Symbol.asyncDispose]: async () => {},
    };
    await using relay = await startTestRelay({ sender, engine: { pollMs: 50 } });
    await relay.endpoint('http://127.0.0.1:1/', { rate_per_second: 20, concurrency: 100 });
    const held = Array.from({ length: 50 }, () => testEvent());
    await relay.publish(...held);
    for (const count of [5, 25]) {
      await expect.poll(() => begun.length, { interval: 5 }).toBeGreaterThanOrEqual(count);
      const until = performance.now() + 700;
      while (performance.now() < until);
    }
    await expect.poll(() => begun.length).toBe(50);
    expect(begun).toEqual(held.map(({ id }) => id));
  });

  it('loses nothing while it is disabled either', async () => {
    await using relay = await startTestRelay();
    await using sink = await startSink();
    const id = await relay.endpoint(sink.urlOf('off'), { status: 'disabled', disabled_reason: 'switched_off' });
    const event = testEvent();
    await relay.publish(event);
    await relay.deliver();
    expect(sink.received).toEqual([]);
    await askSubgraph(relay.relay, caller, 'mutation ($id: ID!) { enableWebhookEndpoint(id: $id) { status } }', { id });
    await relay.deliver();
    expect(idsOf(sink.received)).toEqual([event.id]);
  });
});

describe('a deleted endpoint', () => {
  it('keeps no delivery waiting that was queued while it was deleted', async () => {
    await using relay = await startTestRelay();
    await using sink = await startSink();
    const kept = await relay.endpoint(sink.urlOf('kept'), { status: 'paused' });
    const deleted = await relay.endpoint(sink.urlOf('deleted'), { status: 'paused' });
    await relay.publish(testEvent());
    // Both paused, so that none is delivered meanwhile. As fan-out leaves it that looked for endpoints before the deletion and wrote after it.
    await relay.sql('delete from webhooks.endpoint where id = $1', [deleted]);
    expect(await relay.relay.runTask('cancel-orphans')).toBe(1);
    const rows = await relay.sql('select endpoint_id, status from webhooks.delivery order by status', []);
    expect(rows).toEqual([
      { endpoint_id: deleted, status: 'cancelled' },
      { endpoint_id: kept, status: 'pending' },
    ]);
    expect(await relay.relay.runTask('cancel-orphans')).toBe(0);
  });

  it.each([
    ['a row', { status: 'paused' }],
    ['in hand', {}],
  ])('whose attempt is under way holds no other result up: %s', async (_, columns) => {
    await using relay = await startTestRelay();
    const answers: (() => void)[] = [];
    await using sink = await startSink(({ path }, response) => {
      if (path === '/kept') return 200;
      answers.push(() => response.writeHead(200).end());
      return undefined;
    });
    const [first, second] = [testEvent(), testEvent()];
    const deleted = await relay.endpoint(sink.urlOf('deleted'), { ...columns, filter: JSON.stringify({ id: [first.aggregateId] }) });
    await relay.endpoint(sink.urlOf('kept'), { filter: JSON.stringify({ id: [second.aggregateId] }) });
    await relay.publish(first);
    await relay.sql(`update webhooks.endpoint set status = 'active'`, []);
    const delivered = relay.deliver();
    await expect.poll(() => answers.length).toBe(1);
    await askSubgraph(relay.relay, caller, 'mutation ($id: ID!) { deleteWebhookEndpoint(id: $id) { id } }', { id: deleted });
    answers[0]?.();
    await relay.publish(second);
    const kept = `select d.status from webhooks.delivery d where d.event_id = $1`;
    await expect.poll(() => relay.sql(kept, [second.id])).toEqual([{ status: 'succeeded' }]);
    await delivered;
    expect(await relay.sql('select count(*)::int as leases from webhooks.lease', [])).toEqual([{ leases: 0 }]);
    expect(await relay.sql(`select count(*)::int as waiting from webhooks.delivery where status = 'pending'`, [])).toEqual([
      { waiting: 0 },
    ]);
  });
});

describe('caps of an endpoint', () => {
  it('hold over two processes: attempts per second', async () => {
    await using one = await startTestRelay({ engine: { pollMs: 20 } });
    await using two = await startTestRelay({ databaseUrl: one.databaseUrl, engine: { pollMs: 20 } });
    await using sink = await startSink();
    await one.endpoint(sink.urlOf('capped'), { rate_per_second: 10, concurrency: 100 });
    await Promise.all([one, two].map((relay) => relay.publish(...Array.from({ length: 15 }, () => testEvent()))));
    await expect.poll(() => sink.received.length, { timeout: 25_000 }).toBe(30);
    const log = 'select extract(epoch from started_at)::float8 * 1000 as at from webhooks.attempt';
    await expect.poll(async () => (await one.sql(log, [])).length).toBe(30);
    // Neither process is held to more than the rate; together they may be a quarter over it, and one, when the machine holds one of them up.
    expect(busiestSecond((await one.sql(log, [])).map(({ at }) => ({ at: Number(at) })))).toBeLessThanOrEqual(10 * 1.25 + 1);
    expect((sink.received.at(-1)?.at ?? 0) - (sink.received[0]?.at ?? 0)).toBeLessThan(15_000);
  });

  it('hold over two processes: attempts at the same time', async () => {
    await using one = await startTestRelay({ engine: { pollMs: 10 } });
    await using two = await startTestRelay({ databaseUrl: one.databaseUrl, engine: { pollMs: 10 } });
    let open = 0;
    let most = 0;
    await using sink = await startSink((_, response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.writeHead(200).end();
      }, 20);
      return undefined;
    });
    await one.endpoint(sink.urlOf('narrow'), { concurrency: 3 });
    await Promise.all([one, two].map((relay) => relay.publish(...Array.from({ length: 30 }, () => testEvent()))));
    await expect.poll(() => sink.received.length, { timeout: 25_000 }).toBe(60);
    expect(most).toBe(3);
  });
});
