import type { WebhookNotice } from '@portico/contracts/webhook-notice';
import { describe, expect, it } from 'vitest';
import { startSink } from '../testing/start-sink.ts';
import { startTestRelay, type TestRelay, testEvent } from '../testing/start-test-relay.ts';

const START = Date.parse('2026-03-01T10:00:00.000Z');
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const tell = (relay: TestRelay): Promise<number> => relay.relay.runTask('leave-notices');

describe('a delivery that ran out of attempts', () => {
  it('is told to the owners once until one succeeds, and once a day at most', async () => {
    let now = START;
    let up = false;
    const told: WebhookNotice[] = [];
    await using relay = await startTestRelay({ now: () => new Date(now), tellOwners: async (notice) => void told.push(notice) });
    await using sink = await startSink(() => (up ? 200 : 500));
    const id = await relay.endpoint(sink.urlOf('failing'), { schedule: 'short' });
    const exhaust = async (): Promise<void> => {
      await relay.publish(testEvent());
      for (const minutes of [0, 1, 5, 30]) {
        now += minutes * MINUTE_MS;
        // A circuit that is open keeps an attempt back by fifteen minutes at most.
        await relay.deliver();
        now += 15 * MINUTE_MS;
        await relay.deliver();
      }
      await tell(relay);
    };
    const succeed = async (): Promise<void> => {
      up = true;
      await relay.publish(testEvent());
      now += DAY_MS / 24;
      await relay.deliver();
      up = false;
    };
    await relay.publish(testEvent());
    await relay.deliver();
    expect(await tell(relay)).toBe(0);
    await exhaust();
    expect(told).toEqual([expect.objectContaining({ endpointId: id, reason: 'exhausted', failingSince: new Date(START) })]);
    await exhaust();
    expect(told).toHaveLength(1);
    // Other events succeed and one does not, within the day and after it.
    await succeed();
    await exhaust();
    expect(told).toHaveLength(1);
    now += DAY_MS;
    await tell(relay);
    expect(told.map(({ reason }) => reason)).toEqual(['exhausted', 'exhausted']);
    await succeed();
    now += 2 * DAY_MS;
    expect(await tell(relay)).toBe(0);
  });
});

describe('a notice that cannot be left', () => {
  it('comes again, and keeps no other back', async () => {
    const told: string[] = [];
    let away = '';
    const tellOwners = async ({ endpointId }: WebhookNotice): Promise<void> => {
      if (endpointId === away) throw new Error('The mail server refuses it for now.');
      told.push(endpointId);
    };
    await using relay = await startTestRelay({ tellOwners });
    const disabled = (at: number) => ({ status: 'disabled', disabled_reason: 'gone', disabled_at: new Date(at) });
    const [first, second] = [
      await relay.endpoint('http://127.0.0.1:9/', disabled(START)),
      await relay.endpoint('http://127.0.0.1:9/', disabled(START + 1)),
    ];
    away = first;
    await expect(tell(relay)).rejects.toThrow('1 of 2 notices');
    expect(told).toEqual([second]);
    away = '';
    expect(await tell(relay)).toBe(1);
    expect(await tell(relay)).toBe(0);
    expect(told).toEqual([second, first]);
  });
});
