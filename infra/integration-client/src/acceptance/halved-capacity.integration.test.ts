// A provider loses half of its workers for 20 s, in virtual time: 40 of them answer 400 calls a second, 20 answer 200. Every try has 250 ms.
// 64 at a time are well for 40 workers (160 ms), and for 20 they are too many: each answer takes 320 ms, so nobody waits for it, and the
// provider works for nobody.
//
// Success is: of ALL calls that callers made since the halving, the transition and what we refuse ourselves included, those that were answered
// in their deadline of 2 s. Where callers want more than is left of the provider, no client can answer all: there, it is of all calls that
// were let in; what is turned away is told so at once, and what the provider still can do must be done.
// Beside it, in the same harness: 64 places of this client, and cockatiel's bulkhead of 64. failsafe-go, which has a limiter of this kind, is Go.
import { printCounts } from '@portico/service-kit/testing-counts';
import { bulkhead } from 'cockatiel';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { CallClock } from '../call/call-clock.ts';
import { openClient } from '../client/open-client.ts';
import { defineProvider, op, type ProviderSettings } from '../define-provider.ts';
import type { Flags } from '../flags.ts';
import { recordingLogger } from '../testing/recording-logger.ts';
import { VirtualClock } from '../testing/virtual/virtual-clock.ts';
import { type SimulatedProvider, simulateProvider } from './surroundings/simulated-provider.ts';
import { codeOf } from './surroundings/testing-client.ts';

const [HEALTHY, HALVED] = [40, 20];
const [BEFORE_MS, HALVED_MS, AFTER_MS] = [10_000, 20_000, 10_000];
/** The limiter measures every ten seconds: the halving comes at several places between two measurements. */
const LATER_BY_MS = [0, 5_000];
const ATTEMPT_MS = 250;
const AT_A_TIME = 64;

type Concurrency = NonNullable<ProviderSettings['limits']>['concurrency'];
/** Ends with `ok`, or with why it did not. */
type Call = () => Promise<string>;
type Counts = Record<string, number>;
type Harness = { clock: VirtualClock; provider: SimulatedProvider };
type Course = {
  beforeMs: number;
  before: Counts;
  halved: Counts;
  after: Counts;
  limits: { before: number; halved: number; after: number };
};

const LIMIT_ALONE: Flags = { isOn: () => false };
const ALL_ON: Flags = { isOn: (flag) => flag !== 'DEBUG_MODE' };

function open(concurrency: Concurrency, flags: Flags = LIMIT_ALONE) {
  const clock = new VirtualClock();
  const provider = simulateProvider(clock, HEALTHY);
  const upstream = defineProvider('upstream', {
    baseUrl: 'https://upstream.example',
    deadlineMs: 2_000,
    attemptTimeoutMs: ATTEMPT_MS,
    limits: { perMinute: 10_000_000, concurrency },
    operations: { read: op.get('/things', { cache: 'none' }) },
  });
  const registry = new Registry();
  const secrets = { get: () => Promise.reject(new Error('There are no secrets here.')) };
  const { now, startTimer } = clock;
  const surroundings = { now, startTimer, random: () => 0.5, redis: undefined, transport: provider.transport };
  const client = openClient({ providers: { upstream }, secrets, logger: recordingLogger(), flags, registry }, () => surroundings);
  const limit = async (): Promise<number> =>
    Number(/^integration_concurrency_limit\{.*\} (\d+)$/m.exec(await registry.metrics())?.[1] ?? Number.NaN);
  return { clock, provider, limit, call: () => codeOf(client.upstream.read()) };
}

/** So many callers, each with its next call when the last has ended; one that failed takes a breath first. */
function callers({ clock }: Harness, call: Call, counts: () => Counts): { stop(): Promise<unknown> } {
  let over = false;
  const caller = async (): Promise<void> => {
    while (!over) {
      const at = counts();
      const end = await call();
      at[end] = (at[end] ?? 0) + 1;
      if (end !== 'ok') await clock.advance(100);
    }
  };
  const running = Array.from({ length: AT_A_TIME }, caller);
  return {
    stop: () => {
      over = true;
      return Promise.all(running);
    },
  };
}

/** So many calls a second, whatever becomes of them. */
async function arrivals({ clock }: Harness, call: Call, perSecond: number, ms: number, counts: Counts): Promise<unknown> {
  const pending: Promise<unknown>[] = [];
  const startedAt = clock.elapsed;
  while (clock.elapsed - startedAt < ms) {
    const madeAt = clock.elapsed;
    const ended = (end: string): void => {
      const word = end !== 'ok' && clock.elapsed === madeAt ? 'turned away' : end;
      counts[word] = (counts[word] ?? 0) + 1;
    };
    pending.push(call().then(ended));
    await clock.advance(1_000 / perSecond);
  }
  return Promise.all(pending);
}

async function course(harness: Harness, call: Call, limit: () => Promise<number>, laterByMs = 0): Promise<Course> {
  const counts: Omit<Course, 'limits' | 'beforeMs'> = { before: {}, halved: {}, after: {} };
  let phase: keyof typeof counts = 'before';
  const running = callers(harness, call, () => counts[phase]);
  const beforeMs = BEFORE_MS + laterByMs;
  await harness.clock.advance(beforeMs);
  const before = await limit();
  harness.provider.workers.count = HALVED;
  phase = 'halved';
  await harness.clock.advance(HALVED_MS);
  const halved = await limit();
  harness.provider.workers.count = HEALTHY;
  phase = 'after';
  await harness.clock.advance(AFTER_MS);
  const after = await limit();
  await running.stop();
  return { beforeMs, ...counts, limits: { before, halved, after } };
}

const sum = (counts: Counts): number => Object.values(counts).reduce((all, count) => all + count, 0);
const success = (counts: Counts): number => (counts.ok ?? 0) / sum(counts);
const shown = (what: string, { beforeMs, before, halved, after, limits }: Course): void =>
  printCounts(`half of the provider gone, ${what}`, {
    'ok, %': success(halved) * 100,
    'ok a second': `${perSecond(before, beforeMs)} before, ${perSecond(halved, HALVED_MS)} halved, ${perSecond(after, AFTER_MS)} after`,
    limit: `${limits.before}, ${limits.halved}, ${limits.after}`,
  });
const perSecond = (counts: Counts, ms: number): number => Math.round(((counts.ok ?? 0) / ms) * 1_000);

describe('a provider whose capacity halves', () => {
  it.each(LATER_BY_MS)(
    'is asked by an adaptive limit for what it can do, so that nearly all calls succeed, and it recovers (halved after 10,000 + %i ms)',
    async (ms) => {
      const { limit, call, ...harness } = open('adaptive');
      const seen = await course(harness, call, limit, ms);
      shown('adaptive', seen);
      expect(success(seen.halved)).toBeGreaterThanOrEqual(0.95);
      // Of the 200 a second that are left, nine tenths are used; and of 400, when they are back.
      expect(seen.halved.ok).toBeGreaterThanOrEqual(0.9 * 200 * (HALVED_MS / 1_000));
      expect(seen.after.ok).toBeGreaterThanOrEqual(0.9 * 400 * (AFTER_MS / 1_000));
      expect(seen.limits.halved).toBeLessThan(AT_A_TIME * 0.75);
      expect(seen.limits.after).toBeGreaterThan(seen.limits.halved * 1.25);
    },
  );

  it('is asked so with breaker and retries on, too', async () => {
    const { limit, call, ...harness } = open('adaptive', ALL_ON);
    const seen = await course(harness, call, limit);
    shown('adaptive, everything on', seen);
    expect(success(seen.halved)).toBeGreaterThanOrEqual(0.95);
  });

  it('is drowned by 64 places, of this client and of cockatiel', async () => {
    const { limit, call, ...harness } = open(AT_A_TIME);
    const fixed = await course(harness, call, limit);
    shown('64 places', fixed);
    const other = open(1);
    const policy = bulkhead(AT_A_TIME, Number.POSITIVE_INFINITY);
    const request = { method: 'GET', url: 'https://upstream.example/things', headers: {} };
    const tried = async (): Promise<string> => {
      using clock = new CallClock(ATTEMPT_MS, 'attempt', undefined, other.clock.startTimer);
      return await other.provider.transport({ ...request, signal: clock }).then(
        () => 'ok',
        () => 'timeout',
      );
    };
    const cockatiel = await course(
      other,
      () => policy.execute(tried),
      async () => AT_A_TIME,
    );
    shown("cockatiel's bulkhead of 64", cockatiel);
    for (const seen of [fixed, cockatiel]) {
      expect(success(seen.before)).toBeGreaterThan(0.99);
      expect(success(seen.halved)).toBeLessThan(0.5);
    }
  });

  it('is given what it can do, and the rest is turned away at once, when callers want more than is left', async () => {
    for (const concurrency of ['adaptive', AT_A_TIME] as const) {
      const { limit, call, ...harness } = open(concurrency);
      const [before, halved]: [Counts, Counts] = [{}, {}];
      await arrivals(harness, call, 300, BEFORE_MS, before);
      harness.provider.workers.count = HALVED;
      await arrivals(harness, call, 300, HALVED_MS, halved);
      const { 'turned away': away = 0, ...admitted } = halved;
      const ends = { 'ok of what is let in, %': success(admitted) * 100, ok: admitted.ok ?? 0, 'turned away': away };
      printCounts(`300 calls a second for 200, ${concurrency}`, { ...ends, calls: sum(halved), limit: await limit() });
      expect(success(before)).toBe(1);
      if (concurrency === 'adaptive') {
        expect(success(admitted)).toBeGreaterThanOrEqual(0.95);
        expect(admitted.ok).toBeGreaterThanOrEqual(0.9 * 200 * (HALVED_MS / 1_000));
        expect(away).toBeLessThanOrEqual(sum(halved) / 2);
      } else expect(success(admitted)).toBeLessThan(0.5);
    }
  });

  it('is not pressed where it turns away instead of letting wait', async () => {
    const { limit, call, ...harness } = open('adaptive');
    harness.provider.turnsAwayAt = HEALTHY;
    const { clock, provider } = harness;
    const counts: Counts = {};
    const running = callers(harness, call, () => counts);
    await clock.advance(BEFORE_MS);
    provider.workers.count = HALVED;
    provider.turnsAwayAt = HALVED;
    await clock.advance(HALVED_MS);
    await running.stop();
    printCounts('503 beyond its workers', { ...counts, limit: await limit(), workers: HALVED });
    expect(success(counts)).toBeGreaterThanOrEqual(0.95);
    expect(await limit()).toBeLessThanOrEqual(HALVED + 2);
  });
});
