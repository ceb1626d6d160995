// An upstream that is slow now and then: what a second request buys, and what it costs. In virtual time, so that the figures are exact.
import { printCounts } from '@portico/service-kit/testing-counts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineProvider, op } from '../define-provider.ts';
import { testClient } from '../testing/test-client.ts';

const CALLS = 1_000;
const USUAL_MS = 50;
const SLOW_MS = 2_000;
/** Every 50th request: 2 %. */
const SLOW_EVERY = 50;

const declared = { params: z.object({ id: z.string() }), response: z.object({}), cache: 'none' } as const;
const upstream = defineProvider('upstream', {
  baseUrl: 'https://upstream.example',
  limits: { perMinute: 1_000_000, concurrency: 1_000 },
  operations: {
    plain: op.get('/plain/{id}', declared),
    hedged: op.get('/hedged/{id}', { ...declared, hedge: { afterMs: 200 } }),
    write: op.post('/writes', {
      body: z.object({}),
      response: z.object({}),
      idempotency: { header: 'Idempotency-Key', livesMs: 86_400_000 },
    }),
  },
});

/** A call each 10 ms; what they took, sorted, and how many requests they were. */
async function offer(operation: 'plain' | 'hedged' | 'write'): Promise<{ times: number[]; sent: number }> {
  await using test = testClient({ upstream });
  const replies = Array.from({ length: CALLS * 2 }, (_, index) => ({
    delayMs: (index + 1) % SLOW_EVERY === 0 ? SLOW_MS : USUAL_MS,
    body: {},
  }));
  test.upstream[operation].replies(...replies);
  const times: number[] = [];
  const call = async (id: string): Promise<void> => {
    const { upstream: calls } = test.call;
    const made = operation === 'write' ? calls.write({ body: {} }, { key: id }) : calls[operation]({ params: { id } });
    times.push((await made).responseTimeMs);
  };
  const pending: Promise<void>[] = [];
  for (let made = 0; made < CALLS; made += 1) {
    pending.push(call(`k${made}`));
    await test.clock.advance(10);
  }
  await Promise.all(pending);
  return { times: times.sort((one, other) => one - other), sent: test.requests.length };
}

const p99 = ({ times }: { times: number[] }): number => times[Math.floor(times.length * 0.99)] ?? 0;

describe('an upstream whose every 50th answer takes 2 s', () => {
  it('has a p99 of a quarter with hedges, for less than 5 % more requests', async () => {
    const [plain, hedged] = [await offer('plain'), await offer('hedged')];
    const p99s = { 'p99 without, ms': p99(plain), 'p99 with, ms': p99(hedged) };
    printCounts('hedges', { calls: CALLS, 'sent without': plain.sent, 'sent with': hedged.sent, ...p99s });
    expect(plain.sent).toBe(CALLS);
    expect(p99(plain)).toBe(SLOW_MS);
    expect(p99(hedged)).toBeLessThanOrEqual(p99(plain) * 0.4);
    expect(p99(hedged)).toBe(200 + USUAL_MS);
    expect(hedged.sent).toBeGreaterThan(CALLS);
    expect(hedged.sent).toBeLessThanOrEqual(CALLS * 1.05);
  });

  it('is sent no write twice', async () => {
    const { sent } = await offer('write');
    printCounts('hedges of writes', { calls: CALLS, sent });
    expect(sent).toBe(CALLS);
  });

  it('is not asked twice as often when it is slow altogether: hedges are paid from the budget', async () => {
    await using test = testClient({ upstream });
    test.upstream.hedged.replies({ delayMs: 1_000, body: {} });
    const calls = Array.from({ length: 500 }, async (_, index) => {
      await test.clock.advance(index);
      return test.call.upstream.hedged({ params: { id: 'a' } });
    });
    await Promise.all(calls);
    printCounts('hedges when all answers are slow', { calls: calls.length, sent: test.requests.length });
    // A fifth, what the bucket holds at start, and three for each of the two seconds.
    expect(test.requests.length).toBeLessThanOrEqual(500 * 1.2 + 10 + 2 * 3);
    expect(test.requests.length).toBeGreaterThan(550);
  });
});
