import { startStopwatch } from '@portico/service-kit/testing-stopwatch';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiKey, oauth2 } from '../auth.ts';
import { defineProvider, op } from '../define-provider.ts';
import { pii } from '../personal-data.ts';
import { secret } from '../secrets.ts';
import { testClient } from './test-client.ts';

const Payment = z.object({ id: z.string(), status: z.enum(['new', 'paid']) });
const acmePay = defineProvider('acme-pay', {
  baseUrl: 'https://api.acme.example/v2',
  auth: oauth2.clientCredentials({ tokenUrl: 'https://id.acme.example/token', client: secret('acme/client') }),
  operations: {
    getPayment: op.get('/payments/{id}', { params: z.object({ id: z.string() }), response: Payment, cache: 'none' }),
    search: op.get('/payments/search', { query: z.object({ q: z.string() }), cache: { ttlMs: 60_000, softTimeoutMs: 0 } }),
    pay: op.post('/payments', {
      body: z.object({ email: pii(z.email()) }),
      response: Payment,
      idempotency: { header: 'Idempotency-Key', livesMs: 86_400_000 },
    }),
  },
});
const PAID = { id: 'p_1', status: 'paid' } as const;

describe('a test client', () => {
  it('answers as it was told to, and waits as long as it is told to in no time', async () => {
    await using test = testClient({ acmePay });
    test.acmePay.getPayment.replies(503, { status: 429, after: 2 }, PAID);
    using stopwatch = startStopwatch();
    const { data, attempts } = await test.call.acmePay.getPayment({ params: { id: 'p_1' } });
    expect([data.status, attempts, test.clock.elapsed]).toEqual(['paid', 3, 2_000]);
    expect(stopwatch.tookMs()).toBeLessThan(2_000);
    expect(test.requests.map(({ at, url }) => [at, url])).toEqual(
      [0, 0, 2_000].map((at) => [at, 'https://api.acme.example/v2/payments/p_1']),
    );
  });

  it('tells a path that is exact from one with values, and what was sent with it', async () => {
    await using test = testClient({ acmePay });
    test.acmePay.search.replies({ found: [] });
    test.acmePay.pay.replies({ fault: 'reset' }, PAID);
    await test.call.acmePay.search({ query: { q: 'a' } });
    await test.call.acmePay.pay({ body: { email: 'a@b.example' } }, { key: 'order-1' });
    expect(test.requests.map(({ operation }) => operation)).toEqual(['search', 'pay', 'pay']);
    expect(test.requests[2]).toMatchObject({
      body: { email: 'a@b.example' },
      headers: { 'idempotency-key': 'order-1', authorization: 'Bearer token-1' },
    });
    expect(test.authority.asked).toBe(1);
    expect(test.lines).toHaveLength(2);
  });

  it('lets time pass for breakers, limits and kept answers', async () => {
    await using test = testClient({ acmePay });
    const ask = () =>
      test.call.acmePay.getPayment({ params: { id: 'p_1' } }).then(
        () => 'ok',
        (error) => error.code,
      );
    test.acmePay.getPayment.replies(500);
    while ((await ask()) !== 'CIRCUIT_BREAKER_OPEN');
    test.acmePay.getPayment.replies(PAID);
    await test.clock.advance(29_000 * 0.9);
    expect(await ask()).toBe('CIRCUIT_BREAKER_OPEN');
    await test.clock.advance(1_000 * 0.9);
    expect(await ask()).toBe('ok');
    const results = await Promise.all(Array.from({ length: 100 }, ask));
    expect(new Set(results)).toEqual(new Set(['ok', 'RATE_LIMIT_EXCEEDED']));
    await test.clock.advance(60_000);
    expect(await ask()).toBe('ok');
  });

  it('rejects a call that nothing was said about, and a provider whose name it needs', async () => {
    await using test = testClient({ acmePay });
    await expect(test.call.acmePay.getPayment({ params: { id: 'p_1' } })).rejects.toThrow(/acmePay.getPayment .* no reply/);
    expect(() => testClient({ clock: acmePay })).toThrow(TypeError);
  });

  it('makes credentials of the declared kind, and new ones', async () => {
    const keyed = { ...acmePay, auth: apiKey({ header: 'X-Key', secret: secret('key') }) };
    await using test = testClient({ keyed });
    test.keyed.getPayment.replies(PAID);
    await test.call.keyed.getPayment({ params: { id: 'p_1' } });
    test.secrets.rotate(keyed);
    await test.call.keyed.getPayment({ params: { id: 'p_1' } });
    expect(test.requests.map(({ headers }) => headers['x-key'])).toEqual(['key-1', 'key-2']);
  });
});

describe('an answer that is replaced behind a caller', () => {
  it('is paid from the retry budget: when that is spent, the stale one stays', async () => {
    await using test = testClient({ acmePay });
    const search = () => test.call.acmePay.search({ query: { q: 'a' } });
    test.acmePay.search.replies({ found: 1 });
    await search();
    await test.clock.advance(61_000);
    expect(await search()).toMatchObject({ stale: true, ageMs: 61_000 });
    await test.clock.advance(1);
    expect(test.requests).toHaveLength(2);
    // Every refresh that fails leaves the stale answer for the next caller, who has it tried again.
    await test.clock.advance(61_000);
    test.acmePay.search.replies(400);
    for (let call = 0; call < 300; call += 1) {
      expect(await search()).toMatchObject({ stale: true });
      await test.clock.advance(0);
    }
    // 100 saved up, and a fifth of a token for each request that is made.
    expect(test.requests.length).toBeLessThanOrEqual(2 + 100 * 1.25);
    expect(test.requests.length).toBeGreaterThan(90);
  });
});
