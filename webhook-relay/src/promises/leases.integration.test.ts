import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { expect, it } from 'vitest';
import { createSender } from '../sending/send.ts';
import { startSink } from '../testing/start-sink.ts';
import { startTestRelay, testEvent } from '../testing/start-test-relay.ts';

const WITH_LEASES = 'from webhooks.delivery d left join webhooks.lease l on l.delivery_id = d.id';
it('shares a burst with other processes as it comes: none of them looks by itself in this test', async () => {
  const engine = { workers: 4, pollMs: 3_600_000 };
  await using one = await startTestRelay({ engine });
  await using two = await startTestRelay({ databaseUrl: one.databaseUrl, engine });
  const answers: (() => void)[] = [];
  await using sink = await startSink((_, response) => void answers.push(() => response.writeHead(200).end()));
  for (let i = 0; i < 8; i += 1) await two.endpoint(sink.urlOf(`${i}`));
  await one.publish(testEvent());
  // Four are all that one process can have under way, and nobody is answered before there are eight.
  await expect.poll(() => sink.received.length).toBe(8);
  for (const answer of answers) answer();
  await expect
    .poll(() => two.sql(`select count(*)::int as done from webhooks.delivery where status = 'succeeded'`, []))
    .toEqual([{ done: 8 }]);
});

it('sends again what a process took and never completed, when its lease has ended, and not before', async () => {
  let now = Date.now();
  await using relay = await startTestRelay({ now: () => new Date(now) });
  await using sink = await startSink();
  await relay.endpoint(sink.urlOf('one'), { status: 'paused' });
  await relay.publish(testEvent());
  // What a killed process leaves behind: the request may have gone out, nothing says so.
  const LEASE = `insert into webhooks.lease select d.endpoint_id, d.id, gen_random_uuid(), $1 from webhooks.delivery d`;
  await relay.sql(LEASE, [new Date(now + 60_000)]);
  await relay.sql(`update webhooks.endpoint set status = 'active'`, []);
  now += 59_999;
  await relay.deliver();
  expect(sink.received.length).toBe(0);
  now += 1;
  await relay.deliver();
  expect(sink.received.length).toBe(1);
  expect(await relay.sql(`select d.status, d.attempts, l.lease ${WITH_LEASES}`, [])).toEqual([
    { status: 'succeeded', attempts: 1, lease: null },
  ]);
});

it('changes nothing by a completion whose lease has ended, and logs the attempt', async () => {
  let now = Date.now();
  await using slow = await startTestRelay({ now: () => new Date(now) });
  const held = Promise.withResolvers<void>();
  let answered = 0;
  await using sink = await startSink((_, response) => {
    answered += 1;
    if (answered > 1) return 200;
    void held.promise.then(() => response.writeHead(500).end());
    return undefined;
  });
  await slow.endpoint(sink.urlOf('one'));
  await slow.publish(testEvent());
  await expect.poll(() => sink.received.length).toBe(1);
  await using quick = await startTestRelay({ databaseUrl: slow.databaseUrl, now: () => new Date(now) });
  now += 60_000;
  await quick.deliver();
  expect(sink.received.length).toBe(2);
  held.resolve();
  await slow.deliver();
  expect(await slow.sql('select status, attempts from webhooks.delivery', [])).toEqual([{ status: 'succeeded', attempts: 1 }]);
  expect(await slow.sql('select outcome from webhooks.attempt order by outcome', [])).toEqual([
    { outcome: 'retry' },
    { outcome: 'succeeded' },
  ]);
});

it('finishes what is under way when it stops, and claims no more', async () => {
  const sink = await startSink((_, response) => {
    // Long after the process was told to stop.
    setTimeout(() => response.writeHead(200).end(), 2_000);
    return undefined;
  });
  await using other = await startTestRelay({ idle: true });
  {
    await using relay = await startTestRelay({ databaseUrl: other.databaseUrl });
    await relay.endpoint(sink.urlOf('one'), { concurrency: 1 });
    await relay.publish(testEvent(), testEvent());
    await expect.poll(() => sink.received.length, { interval: 5 }).toBe(1);
  }
  expect(await other.sql(`select d.status, l.lease ${WITH_LEASES} order by d.position`, [])).toEqual([
    { status: 'succeeded', lease: null },
    { status: 'pending', lease: null },
  ]);
  await sink[Symbol.asyncDispose]();
});

it('gives an attempt back unspent that the end of the process cut off', async () => {
  await using sink = await startSink(() => undefined);
  await using other = await startTestRelay({ idle: true });
  {
    await using relay = await startTestRelay({
      databaseUrl: other.databaseUrl,
      engine: { timeoutMs: 300 },
      sender: createSenderWithoutDeadline(),
    });
    await relay.endpoint(sink.urlOf('hanging'));
    await relay.publish(testEvent());
    await expect.poll(() => sink.received.length).toBe(1);
  }
  expect(await other.sql(`select d.status, d.attempts, d.attempts_total, l.lease ${WITH_LEASES}`, [])).toEqual([
    { status: 'pending', attempts: 0, attempts_total: 0, lease: null },
  ]);
});

/** Only the program's end stops an attempt. */
function createSenderWithoutDeadline(): ReturnType<typeof createSender> {
  const sender = createSender({ policy: { allowLoopback: true } });
  return {
    send: (request) => sender.send({ ...request, timeoutMs: 60_000 }),
    [Symbol.asyncDispose]: () => sender[Symbol.asyncDispose](),
  };
}

it('lets endpoints that hang keep nothing from those that answer', { timeout: 120_000 }, async () => {
  // None of the attempts that hang ends while this test runs.
  await using relay = await startTestRelay({ engine: { workers: 20, pollMs: 100, timeoutMs: 300_000, leaseMs: 600_000 } });
  await using sink = await startSink(({ path }) => (path.startsWith('/dead') ? undefined : 200));
  for (let i = 0; i < 60; i += 1) await relay.endpoint(sink.urlOf(`dead-${i}`), { filter: '{"status":["old","new"]}' });
  const backlog = Array.from({ length: 10 }, () =>
    testEvent({ payload: { id: 'cust_x', status: 'old', createdAt: new Date().toISOString() } }),
  );
  await relay.publish(...backlog);
  for (let i = 0; i < 5; i += 1) await relay.endpoint(sink.urlOf(`alive-${i}`), { filter: '{"status":["new"]}' });
  // Sixty that hang are three times the workers; all of those are out before a healthy one asks.
  await expect.poll(() => sink.received.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(60);
  await relay.publish(testEvent({ payload: { id: 'cust_y', status: 'new', createdAt: new Date().toISOString() } }));
  const alive = () => sink.received.filter(({ path }) => path.startsWith('/alive')).length;
  await expect.poll(alive, { interval: 5 }).toBe(5);
});

it('goes on with endpoints that answer when more attempts hang than it can have under way', { timeout: 180_000 }, async () => {
  // Four times the workers is all there is: the 80th that hangs would be the last attempt of all, for longer than this takes.
  await using relay = await startTestRelay({ engine: { workers: 20, pollMs: 100, timeoutMs: 300_000, leaseMs: 600_000 } });
  await using sink = await startSink(({ path }) => (path.startsWith('/dead') ? undefined : 200));
  const count = (name: string): number => sink.received.filter(({ path }) => path.startsWith(`/${name}`)).length;
  for (let i = 0; i < 100; i += 1) await relay.endpoint(sink.urlOf(`dead-${i}`), { events: ['customer.created'] });
  await relay.endpoint(sink.urlOf('alive'), { events: ['order.created'] });
  const answer = async (): Promise<void> => {
    const before = count('alive');
    await relay.publish(testEvent({ type: 'order.created' }));
    await expect.poll(() => count('alive'), { interval: 5 }).toBe(before + 1);
  };
  await answer();
  await relay.publish(testEvent());
  // Endpoints that never answered may have 70. A claim for the last few of these is not worth making, so some may stay free.
  while (count('dead') < 65) await answer();
  // What is to hang after these would have begun by then.
  for (const until = performance.now() + 2_500; performance.now() < until; ) await answer();
  expect(count('dead')).toBeLessThan(80);
});

it('goes on when a process is stopped in a transaction that holds an endpoint', { timeout: 90_000 }, async () => {
  let now = Date.now();
  await using relay = await startTestRelay({ now: () => new Date(now), engine: { pollMs: 100 } });
  await using stopped = await startTestRelay({ databaseUrl: relay.databaseUrl, idle: true });
  await using sink = await startSink();
  const gated = { gate_until: new Date(now + 60_000) };
  const held = await relay.endpoint(sink.urlOf('held'), gated);
  await relay.endpoint(sink.urlOf('other'), gated);
  await relay.publish(testEvent());
  const left = stopped.relay.database.transaction(async (run) => {
    await run(`${allTenants('a test')}select from webhooks.endpoint where id = $1 for no key update`, [held]);
    now += 60_000;
    await expect.poll(() => sink.received.length, { timeout: 60_000 }).toBe(2);
  });
  // PostgreSQL has ended it.
  await expect(left).rejects.toThrow();
  expect(sink.received.map(({ path }) => path).sort()).toEqual(['/held', '/other']);
});
