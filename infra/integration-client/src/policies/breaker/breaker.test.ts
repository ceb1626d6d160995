import { describe, expect, it } from 'vitest';
import { type Admission, type AttemptOutcome, type BreakerChange, LocalBreaker } from './breaker.ts';

const SETTINGS = { failureRatio: 0.5, minimumCalls: 10, openMs: 30_000 };

function setUp({ random = 0.5 }: { random?: number } = {}) {
  const clock = { now: 1_000_000 };
  const changes: BreakerChange[] = [];
  const breaker = new LocalBreaker(SETTINGS, { now: () => clock.now, random: () => random, changed: (change) => changes.push(change) });
  const admitted = async (): Promise<Admission> => {
    const admission = await breaker.admit();
    if (admission.kind !== 'admitted') throw new Error('The breaker refused.');
    return admission;
  };
  const attempts = async (count: number, outcome: AttemptOutcome): Promise<void> => {
    for (let done = 0; done < count; done += 1) (await admitted()).settle(outcome);
  };
  return { clock, breaker, changes, admitted, attempts };
}

describe('the breaker', () => {
  it('opens when more than half of at least ten attempts failed, and not before', async () => {
    const { breaker, attempts } = setUp();
    await attempts(9, 'failure');
    expect(breaker.refusal()).toBeUndefined();
    await attempts(1, 'failure');
    expect(breaker.refusal()).toEqual({ kind: 'refused', retryAt: 1_030_000 });
  });

  it('stays closed at exactly half', async () => {
    const { breaker, attempts } = setUp();
    await attempts(10, 'success');
    await attempts(10, 'failure');
    expect(breaker.refusal()).toBeUndefined();
    await attempts(1, 'failure');
    expect(breaker.refusal()).toBeDefined();
  });

  it('does not count what says nothing about the provider', async () => {
    const { breaker, attempts } = setUp();
    await attempts(100, 'neutral');
    await attempts(9, 'failure');
    expect(breaker.refusal()).toBeUndefined();
  });

  it('opens for 30 s, a tenth more or less', async () => {
    for (const [random, openMs] of [
      [0, 27_000],
      [0.5, 30_000],
      [1, 33_000],
    ] as const) {
      const { breaker, attempts } = setUp({ random });
      await attempts(10, 'failure');
      expect(breaker.refusal()?.retryAt).toBe(1_000_000 + openMs);
    }
  });

  it('that is open while the clock is set back does not stay open until the clock has come round again', async () => {
    const { clock, breaker, attempts } = setUp();
    await attempts(10, 'failure');
    clock.now -= 3_600_000;
    expect(breaker.refusal()).toBeUndefined();
    await attempts(1, 'success');
    expect(breaker.openUntil()).toBeUndefined();
  });

  it('lets one probe through and refuses all others at once while it runs', async () => {
    const { clock, breaker, attempts, admitted } = setUp();
    await attempts(10, 'failure');
    clock.now += 30_000;
    const probe = await admitted();
    const others = Array.from({ length: 50 }, () => breaker.admit());
    expect(others.every((other) => !(other instanceof Promise) && other.kind === 'refused')).toBe(true);
    probe.settle('success');
    expect(breaker.admit()).toMatchObject({ kind: 'admitted' });
  });

  it('forgets everything when the probe succeeds, and opens again when it fails', async () => {
    const { clock, breaker, attempts, admitted, changes } = setUp();
    await attempts(10, 'failure');
    clock.now += 30_000;
    (await admitted()).settle('failure');
    expect(breaker.refusal()?.retryAt).toBe(clock.now + 30_000);
    clock.now += 30_000;
    (await admitted()).settle('success');
    await attempts(9, 'failure');
    expect(breaker.refusal()).toBeUndefined();
    expect(changes.map(({ kind }) => kind)).toEqual(['opened', 'opened', 'closed']);
  });

  it('lets the next caller probe when a probe has proved nothing', async () => {
    const { clock, breaker, attempts, admitted } = setUp();
    await attempts(10, 'failure');
    clock.now += 30_000;
    (await admitted()).settle('neutral');
    expect(breaker.refusal()).toBeUndefined();
    (await admitted()).settle('success');
    expect(breaker.openUntil()).toBeUndefined();
  });

  it('probes for the fleet only with its lease, and for itself when nobody can grant one', async () => {
    const { clock, breaker, admitted } = setUp();
    breaker.openWithFleet(clock.now, async () => false);
    expect(await breaker.admit()).toEqual({ kind: 'refused', retryAt: clock.now + 250 });
    breaker.openWithFleet(clock.now, () => Promise.reject(new Error('Redis is down.')));
    (await admitted()).settle('success');
    expect(breaker.openUntil()).toBeUndefined();
  });
});
