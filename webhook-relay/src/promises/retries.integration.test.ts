import { describe, expect, it } from 'vitest';
import { storedTime } from '../stored-time.ts';
import { startSink } from '../testing/start-sink.ts';
import { startTestRelay, testEvent } from '../testing/start-test-relay.ts';

const MINUTE_MS = 60_000;
const START = Date.parse('2026-03-01T10:00:00.000Z');

function clock(): { now: () => Date; move: (ms: number) => void } {
  let at = START;
  return {
    now: () => new Date(at),
    move(ms) {
      at += ms;
    },
  };
}

describe('a delivery that fails', () => {
  it.each([
    ['standard', [0, 1, 5, 30, 120]],
    ['short', [0, 1, 5, 30]],
  ])('is tried on the minutes of the %s schedule, and is dead afterwards', async (schedule, minutes) => {
    const { now, move } = clock();
    await using relay = await startTestRelay({ now });
    await using sink = await startSink(() => 500);
    await relay.endpoint(sink.urlOf('failing'), { schedule });
    await relay.publish(testEvent());
    for (const [index, wait] of minutes.entries()) {
      if (wait > 0) {
        move(wait * MINUTE_MS - 1);
        await relay.deliver();
        expect(sink.received.length).toBe(index);
        move(1);
      }
      await relay.deliver();
      expect(sink.received.length).toBe(index + 1);
    }
    move(24 * 60 * MINUTE_MS);
    await relay.deliver();
    expect(sink.received.map(({ headers }) => headers['x-webhook-attempt'])).toEqual(minutes.map((_, index) => String(index + 1)));
    expect(new Set(sink.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const [row] = await relay.sql('select status, attempts, next_attempt_at, last_response_status from webhooks.delivery', []);
    expect(row).toEqual({ status: 'dead', attempts: minutes.length, next_attempt_at: null, last_response_status: 500 });
  });

  it.each([
    ['low', 0, 0.9],
    ['high', 0.999_999, 1.1],
  ])('waits no more than a tenth off the schedule: %s', async (_, random, factor) => {
    const { now } = clock();
    await using relay = await startTestRelay({ now, random: () => random });
    await using sink = await startSink(() => 500);
    await relay.endpoint(sink.urlOf('failing'));
    await relay.publish(testEvent());
    await relay.deliver();
    const [row] = await relay.sql('select next_attempt_at as at from webhooks.delivery', []);
    expect(storedTime(row?.at).getTime() - START).toBeCloseTo(MINUTE_MS * factor, -1);
  });

  it('goes to the URL and the secret that the endpoint has at the attempt', async () => {
    const { now, move } = clock();
    await using relay = await startTestRelay({ now });
    await using sink = await startSink(({ path }) => (path === '/old' ? 500 : 200));
    const id = await relay.endpoint(sink.urlOf('old'));
    await relay.publish(testEvent());
    await relay.deliver();
    await relay.sql('update webhooks.endpoint set url = $2, version = version + 1 where id = $1', [id, sink.urlOf('new')]);
    move(MINUTE_MS);
    await relay.deliver();
    expect(sink.received.map(({ path }) => path)).toEqual(['/old', '/new']);
  });
});

describe('Retry-After', () => {
  it.each([
    ['seconds', 429, '120'],
    ['a date', 503, new Date(START + 120_000).toUTCString()],
  ])('in %s keeps every delivery of the endpoint back until then, and spends no attempt', async (_, status, value) => {
    const { now, move } = clock();
    await using relay = await startTestRelay({ now });
    let busy = true;
    await using sink = await startSink(() => (busy ? { status, headers: { 'retry-after': value } } : 200));
    await relay.endpoint(sink.urlOf('busy'), { concurrency: 1 });
    await relay.publish(testEvent(), testEvent());
    await relay.deliver();
    expect(sink.received.length).toBe(1);
    move(119_000);
    await relay.deliver();
    expect(sink.received.length).toBe(1);
    expect(await relay.sql('select attempts, attempts_total from webhooks.delivery order by position', [])).toEqual([
      { attempts: 0, attempts_total: 1 },
      { attempts: 0, attempts_total: 0 },
    ]);
    busy = false;
    move(1_000);
    await relay.deliver();
    expect(sink.received.map(({ headers }) => headers['x-webhook-attempt'])).toEqual(['1', '1', '1']);
    expect(await relay.sql('select circuit_failures, failing_since from webhooks.endpoint', [])).toEqual([
      { circuit_failures: 0, failing_since: null },
    ]);
  });
});

describe('410 Gone', () => {
  it('disables the endpoint and holds what waits for it', async () => {
    const told: unknown[] = [];
    await using relay = await startTestRelay({ tellOwners: async (notice) => void told.push(notice.reason) });
    await using sink = await startSink(() => 410);
    await relay.endpoint(sink.urlOf('gone'), { concurrency: 1 });
    await relay.publish(testEvent(), testEvent());
    await relay.deliver();
    expect(sink.received.length).toBe(1);
    expect(await relay.sql('select status, disabled_reason from webhooks.endpoint', [])).toEqual([
      { status: 'disabled', disabled_reason: 'gone' },
    ]);
    expect(await relay.sql('select status from webhooks.delivery order by position', [])).toEqual([
      { status: 'dead' },
      { status: 'pending' },
    ]);
    await relay.relay.runTask('leave-notices');
    await expect.poll(() => told).toEqual(['gone']);
  });
});

describe('an endpoint that somebody switched off', () => {
  it('is no news to its owners', async () => {
    const told: unknown[] = [];
    await using relay = await startTestRelay({ tellOwners: async (notice) => void told.push(notice) });
    const off = { status: 'disabled', disabled_reason: 'switched_off', disabled_at: new Date() };
    await relay.endpoint('http://127.0.0.1:9/', off);
    expect(await relay.relay.runTask('leave-notices')).toBe(0);
    expect(told).toEqual([]);
  });
});

describe('a circuit', () => {
  it('opens after five failures in a row, lets one probe through per window, and closes with a success', async () => {
    const { now, move } = clock();
    await using relay = await startTestRelay({ now });
    let up = false;
    await using sink = await startSink(() => (up ? 200 : 500));
    await relay.endpoint(sink.urlOf('failing'), { concurrency: 1 });
    await relay.publish(...Array.from({ length: 20 }, () => testEvent()));
    await relay.deliver();
    expect(sink.received.length).toBe(5);
    for (const [probes, openMs] of [30_000, 60_000, 120_000, 240_000, 480_000, 900_000, 900_000].entries()) {
      move(openMs - 1);
      await relay.deliver();
      expect(sink.received.length).toBe(5 + probes);
      move(1);
      await relay.deliver();
      expect(sink.received.length).toBe(6 + probes);
    }
    up = true;
    move(900_000);
    await relay.deliver();
    expect(await relay.sql('select circuit, circuit_failures, gate_until from webhooks.endpoint', [])).toEqual([
      { circuit: 'closed', circuit_failures: 0, gate_until: null },
    ]);
    expect(await relay.sql(`select count(*)::int as waiting from webhooks.delivery where status = 'pending'`, [])).not.toEqual([
      { waiting: 20 },
    ]);
    expect(sink.received.length).toBeGreaterThan(20);
  });

  it('does not count a batch that was under way together as more than five failures', async () => {
    const { now } = clock();
    await using relay = await startTestRelay({ now });
    await using sink = await startSink(() => 500);
    await relay.endpoint(sink.urlOf('failing'), { concurrency: 50 });
    await relay.publish(...Array.from({ length: 50 }, () => testEvent()));
    await relay.deliver();
    const [row] = await relay.sql('select circuit, gate_until as until from webhooks.endpoint', []);
    expect([row?.circuit, storedTime(row?.until)]).toEqual(['open', new Date(START + 30_000)]);
  });
});

describe('an endpoint that fails for five days', () => {
  it('is disabled, once, and its owners are told', async () => {
    const { now, move } = clock();
    const told: unknown[] = [];
    await using relay = await startTestRelay({ now, tellOwners: async (notice) => void told.push(notice) });
    await using sink = await startSink(() => 500);
    const id = await relay.endpoint(sink.urlOf('failing'));
    const fail = async (): Promise<void> => {
      await relay.publish(testEvent());
      await relay.deliver();
    };
    await fail();
    move(5 * 24 * 60 * MINUTE_MS - 1);
    await fail();
    expect(await relay.sql('select status from webhooks.endpoint', [])).toEqual([{ status: 'active' }]);
    move(16 * MINUTE_MS);
    await fail();
    expect(await relay.sql('select status, disabled_reason from webhooks.endpoint', [])).toEqual([
      { status: 'disabled', disabled_reason: 'failing' },
    ]);
    await relay.relay.runTask('leave-notices');
    await relay.relay.runTask('leave-notices');
    expect(told).toEqual([expect.objectContaining({ endpointId: id, reason: 'failing', at: now(), failingSince: new Date(START) })]);
  });
});
