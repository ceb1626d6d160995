import { describe, expect, it } from 'vitest';
import type { SendOutcome } from '../sending/send-outcome.ts';
import { type Judged, judge, RETRY_SCHEDULES } from './retry-schedule.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const answered = (status: number, headers: Record<string, string> = {}): SendOutcome => ({
  kind: 'answered',
  status,
  headers,
  body: Buffer.alloc(0),
  truncated: false,
  timings: { firstByteMs: 1, totalMs: 1 },
});
const timedOut: SendOutcome = { kind: 'failed', error: { code: 'timeout', message: 'There was no answer.' }, timings: { totalMs: 30_000 } };
const first = (changes: Partial<Judged> = {}): Judged => ({ attempt: 1, schedule: 'standard', now: NOW, random: () => 0.5, ...changes });

describe('the retry schedules', () => {
  it('wait as the contract says: at once, 1 min, 5 min, 30 min, 2 h, and the short one without the last', () => {
    expect(RETRY_SCHEDULES.standard.map((ms) => ms / MINUTE)).toEqual([0, 1, 5, 30, 120]);
    expect(RETRY_SCHEDULES.short.map((ms) => ms / MINUTE)).toEqual([0, 1, 5, 30]);
  });

  it.each(['standard', 'short'] as const)('%s: each failure leads to the next delay, the last one to none', (schedule) => {
    const delays = RETRY_SCHEDULES[schedule].map((_, index) => {
      const verdict = judge(timedOut, first({ attempt: index + 1, schedule }));
      return verdict.kind === 'retry' ? verdict.atMs - NOW : verdict.kind;
    });
    expect(delays).toEqual([...RETRY_SCHEDULES[schedule].slice(1), 'dead']);
  });

  it('spread a delay by a tenth to either side', () => {
    const at = (random: number) => judge(timedOut, first({ random: () => random }));
    expect([at(0), at(1)]).toMatchObject([{ atMs: NOW + 0.9 * MINUTE }, { atMs: NOW + 1.1 * MINUTE }]);
  });
});

describe('judge', () => {
  it('takes every 2xx for success, and nothing else', () => {
    const kinds = [200, 201, 204, 299, 199, 300, 301, 302, 304, 307, 400, 404, 500, 503].map((status) => [
      status,
      judge(answered(status), first()).kind,
    ]);
    expect(kinds).toEqual(kinds.map(([status]) => [status, Number(status) >= 200 && Number(status) < 300 ? 'succeeded' : 'retry']));
  });

  it('takes a 2xx for success even when its body was cut off', () => {
    expect(judge({ ...answered(200), truncated: true, truncatedBy: 'connection' } as SendOutcome, first()).kind).toBe('succeeded');
  });

  it('takes 410 for the wish to be left alone, on any attempt', () => {
    expect([1, 5].map((attempt) => judge(answered(410), first({ attempt })).kind)).toEqual(['gone', 'gone']);
  });

  it.each([429, 503])('%i with Retry-After closes the endpoint until then and spends no attempt, even after the last', (status) => {
    const verdict = judge(answered(status, { 'retry-after': '120' }), first({ attempt: 5 }));
    expect(verdict).toMatchObject({ kind: 'throttled', untilMs: NOW + 120_000 });
  });

  it.each([429, 503])('%i without a Retry-After that can be read is a failure like any other', (status) => {
    expect(judge(answered(status), first())).toMatchObject({ kind: 'retry', atMs: NOW + MINUTE });
    expect(judge(answered(status, { 'retry-after': 'soon' }), first())).toMatchObject({ kind: 'retry', atMs: NOW + MINUTE });
  });

  it('never makes a loop without a pause of Retry-After: 0', () => {
    expect(judge(answered(429, { 'retry-after': '0' }), first())).toMatchObject({ kind: 'throttled', untilMs: NOW + 1_000 });
  });

  it('does not come back before Retry-After on another failure, nor before the schedule', () => {
    expect(judge(answered(500, { 'retry-after': '3600' }), first())).toMatchObject({ kind: 'retry', atMs: NOW + HOUR });
    expect(judge(answered(500, { 'retry-after': '1' }), first())).toMatchObject({ kind: 'retry', atMs: NOW + MINUTE });
  });

  it('gives as reason what the owner of the endpoint can understand', () => {
    expect(judge(answered(302), first())).toMatchObject({ reason: 'The receiver answered 302.' });
    expect(judge(timedOut, first({ attempt: 5 }))).toEqual({ kind: 'dead', reason: 'There was no answer.' });
  });
});
