// What receivers say by their answers, one beside the other and beside a healthy one, through days on a clock that the test moves.
import { createRandom } from '@portico/local/seed/random';
import { storedTime } from '@portico/webhook-relay/stored-time';
import { startTestRelay, testEvent } from '@portico/webhook-relay/testing/start-test-relay';
import { expect, it } from 'vitest';
import { printCounts } from './counts.ts';
import { startFaultSink } from './sink.ts';

const START = Date.parse('2026-03-01T10:00:00.000Z');
const [SECOND_MS, HOUR_MS, DAY_MS] = [1_000, 3_600_000, 24 * 3_600_000];
const busyUntil = START + 120 * SECOND_MS;

it('each receiver is treated as it asks, and none of them changes what the healthy one gets', async () => {
  let now = START;
  const told: unknown[] = [];
  await using relay = await startTestRelay({ now: () => new Date(now), tellOwners: async (notice) => void told.push(notice) });
  await using sink = await startFaultSink();
  for (const name of ['healthy', 'gone', 'seconds', 'date', 'storm']) await relay.endpoint(sink.urlOf(name), { concurrency: 1 });
  sink.behave('gone', () => 410);
  // Whole seconds from the answer: the clock stands while it is given.
  const busy = (value: string) => () => (now < busyUntil ? { status: 429, headers: { 'retry-after': value } } : 200);
  sink.behave('seconds', busy('120'));
  sink.behave('date', busy(new Date(busyUntil).toUTCString()));
  sink.behave('storm', () => 503);

  const events = Array.from({ length: 12 }, () => testEvent());
  await relay.publish(...events);
  const requestsAt = new Map<number, number>();
  for (let second = 0; second <= 210; second += 1) {
    const before = sink.of('storm').length;
    await relay.deliver();
    if (sink.of('storm').length > before) requestsAt.set(second, sink.of('storm').length - before);
    if (second === 119) expect(['gone', 'seconds', 'date'].map((name) => sink.of(name).length)).toEqual([1, 1, 1]);
    now += SECOND_MS;
  }

  expect(sink.of('healthy').length).toBe(events.length);
  for (const name of ['seconds', 'date']) {
    expect(new Set(sink.timesOf(name).keys())).toEqual(new Set(events.map(({ id }) => id)));
    // The answer that asked for patience cost the delivery none of its attempts.
    expect(sink.of(name).filter(({ headers }) => headers['x-webhook-attempt'] !== '1')).toEqual([]);
  }
  // Gone at its first answer: said in the table, once to its owners, and what waited for it is held.
  const gone = `select status, disabled_reason as reason from webhooks.endpoint where url = $1`;
  expect(await relay.sql(gone, [sink.urlOf('gone')])).toEqual([{ status: 'disabled', reason: 'gone' }]);
  await relay.relay.runTask('leave-notices');
  await relay.relay.runTask('leave-notices');
  expect(told).toMatchObject([{ url: sink.urlOf('gone'), reason: 'gone', at: new Date(START) }]);
  const left = `select d.status, count(*)::int as n from webhooks.delivery d join webhooks.endpoint e on e.id = d.endpoint_id
    where e.url = $1 group by 1 order by 1`;
  expect(await relay.sql(left, [sink.urlOf('gone')])).toEqual([
    { status: 'dead', n: 1 },
    { status: 'pending', n: events.length - 1 },
  ]);
  // Five failures open it; then one probe after 30 s, 60 s and 120 s.
  expect([...requestsAt]).toEqual([
    [0, 5],
    [30, 1],
    [90, 1],
    [210, 1],
  ]);
  printCounts('receiver semantics', { healthy: sink.of('healthy').length, 'storm: requests in 211 s': sink.of('storm').length });
});

it('each attempt comes when the schedule says, within its tenth, and none a second before', async () => {
  const MINUTES = [1, 5, 30, 120];
  const ENDPOINTS = 12;
  let now = START;
  const random = createRandom('the schedule');
  await using relay = await startTestRelay({ now: () => new Date(now), random: random.next });
  await using sink = await startFaultSink();
  const names = Array.from({ length: ENDPOINTS }, (_, place) => `failing-${place}`);
  for (const name of names) {
    sink.behave(name, () => 500);
    await relay.endpoint(sink.urlOf(name));
  }
  await relay.publish(testEvent());
  /** When each of an endpoint's attempts was made. */
  const attempts = new Map<string, number[]>(names.map((name) => [name, []]));
  const deliver = async (): Promise<number> => {
    const before = sink.received.length;
    await relay.deliver();
    for (const { path } of sink.received.slice(before)) attempts.get(path.slice(1))?.push(now);
    return sink.received.length - before;
  };
  await deliver();
  for (;;) {
    const [next] = await relay.sql(
      'select min(next_attempt_at) as at, count(*)::int as n from webhooks.delivery where next_attempt_at is not null',
      [],
    );
    if (next?.n === 0) break;
    const at = storedTime(next?.at).getTime();
    now = Math.max(now, at - SECOND_MS);
    const early = at - now;
    // Those that were due by then are no news.
    expect(early > 0 ? await deliver() : 0).toBe(0);
    now = at;
    expect(await deliver()).toBeGreaterThanOrEqual(1);
  }
  const delays = [...attempts.values()].map((moments) => moments.slice(1).map((at, place) => at - (moments[place] ?? 0)));
  expect(delays.map(({ length }) => length)).toEqual(names.map(() => MINUTES.length));
  const shares = delays.flatMap((all) => all.map((ms, place) => ms / ((MINUTES[place] ?? 0) * 60 * SECOND_MS)));
  printCounts('the schedule', {
    endpoints: ENDPOINTS,
    attempts: sink.received.length,
    'earliest, of its delay': Math.min(...shares),
    'latest, of its delay': Math.max(...shares),
  });
  for (const share of shares) expect([share >= 0.9, share <= 1.1]).toEqual([true, true]);
  // They do not come back together.
  expect(Math.max(...shares) - Math.min(...shares)).toBeGreaterThan(0.15);
  expect(await relay.sql(`select distinct status from webhooks.delivery`, [])).toEqual([{ status: 'dead' }]);
});

it('an endpoint that fails for five days is disabled at the first failure after them, and what waits is sent when it is switched on', async () => {
  let now = START;
  const told: unknown[] = [];
  await using relay = await startTestRelay({ now: () => new Date(now), tellOwners: async (notice) => void told.push(notice) });
  await using sink = await startFaultSink();
  const id = await relay.endpoint(sink.urlOf('one'), { schedule: 'short' });
  sink.behave('one', () => 500);
  const status = async (): Promise<unknown> =>
    (await relay.sql('select status, disabled_reason as reason from webhooks.endpoint where id = $1', [id]))[0];
  const published = new Set<string>();
  for (let hour = 0; hour < 120; hour += 1) {
    const event = testEvent();
    published.add(event.id);
    await relay.publish(event);
    await relay.deliver();
    expect(await status()).toEqual({ status: 'active', reason: null });
    now += HOUR_MS;
  }
  expect(now - START).toBe(5 * DAY_MS);
  const before = sink.of('one').length;
  await relay.deliver();
  expect([sink.of('one').length - before, await status()]).toEqual([1, { status: 'disabled', reason: 'failing' }]);
  await relay.relay.runTask('leave-notices');
  await relay.relay.runTask('leave-notices');
  expect(told).toMatchObject([{ endpointId: id, reason: 'failing', failingSince: new Date(START) }]);

  const held = testEvent();
  await relay.publish(held);
  now += DAY_MS;
  await relay.deliver();
  expect(sink.of('one').length).toBe(before + 1);
  sink.behave('one', () => 200);
  await relay.sql(
    `update webhooks.endpoint set status = 'active', disabled_reason = null, disabled_at = null, circuit = 'closed',
    circuit_failures = 0, gate_until = null, failing_since = null, version = version + 1 where id = $1`,
    [id],
  );
  await relay.deliver();
  expect(await relay.sql(`select attempts, next_attempt_at, last_error from webhooks.delivery where status = 'pending'`, [])).toEqual([]);
  expect(sink.timesOf('one').has(held.id)).toBe(true);
  published.add(held.id);
  expect([...sink.timesOf('one').keys()].filter((event) => !published.has(event))).toEqual([]);
});
