import type { IncomingMessage, ServerResponse } from 'node:http';
import { silentLogger } from '@portico/service-kit/testing';
import { within } from '@portico/service-kit/testing-stopwatch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startServer } from '../acceptance/surroundings/testing-client.ts';
import { createClient } from '../create-client.ts';
import { declaredError } from '../declaration/declared-error.ts';
import { defineProvider, op } from '../define-provider.ts';
import { IntegrationError } from '../errors.ts';

const Payment = z.object({ id: z.string() });
const acmePay = defineProvider('acme-pay', {
  baseUrl: 'https://api.acme.example/v2',
  limits: { perMinute: 100_000 },
  retries: { baseMs: 1 },
  operations: {
    getPayment: op.get('/payments/{id}', {
      params: z.object({ id: z.string() }),
      query: z.object({ expand: z.array(z.string()).optional(), at: z.number().optional() }),
      response: Payment,
      cache: 'none',
    }),
    createPayment: op.post('/payments', {
      body: z.object({ amount: z.number().int() }),
      response: Payment,
      errors: { 402: z.object({ reason: z.string() }) },
      idempotency: { header: 'Idempotency-Key', livesMs: 86_400_000, reconcile: 'getPayment' },
    }),
    notify: op.post('/notes', { body: z.object({ text: z.string() }), idempotency: 'none' }),
    keptPayment: op.get('/kept/{id}', {
      params: z.object({ id: z.string() }),
      response: Payment.extend({ at: z.coerce.date().optional() }),
      // Nothing is stood in because a machine is busy.
      cache: { ttlMs: 1_000, staleMs: 60_000, softTimeoutMs: 4_000 },
      maxRetries: 0,
    }),
    hedgedPayment: op.get('/payments/{id}', { params: z.object({ id: z.string() }), cache: 'none', hedge: { afterMs: 20 } }),
    removePayment: op.delete('/payments/{id}', { params: z.object({ id: z.string() }) }),
  },
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
type Seen = { method: string; url: string; headers: IncomingMessage['headers']; body: string };

const answers: Answer[] = [];
const seen: Seen[] = [];
const opened: AsyncDisposable[] = [];
let baseUrl = '';

beforeEach(async () => {
  answers.length = 0;
  seen.length = 0;
  const server = await startServer((request, response, body) => {
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, headers, body });
    const answer = answers.shift() ?? json(200, { id: 'p_1' });
    answer(request, response);
  });
  opened.push(server);
  baseUrl = `${server.url}/v2`;
});
afterEach(async () => {
  for (const resource of opened.splice(0).reverse()) await resource[Symbol.asyncDispose]();
});

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const reset: Answer = (request) => request.socket.resetAndDestroy();
const hang: Answer = () => {};

function open(now?: () => number) {
  const secrets = { get: () => Promise.reject(new Error('There are no secrets here.')) };
  const client = createClient({ providers: { acmePay }, secrets, logger: silentLogger, baseUrls: { 'acme-pay': baseUrl }, now });
  opened.push(client);
  return client.acmePay;
}
async function errorOf(call: Promise<unknown>): Promise<IntegrationError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof IntegrationError)) throw new Error('The call did not fail as it should.', { cause: error });
  return error;
}

describe('a call', () => {
  it('sends what is declared and gives back the parsed answer with everything that is known of it', async () => {
    answers.push(json(201, { id: 'p_1', extra: true }, { 'x-note': 'n' }));
    const result = await open().createPayment({ body: { amount: 5 } }, { key: 'order-1', correlationId: 'c-1' });
    expect(result).toMatchObject({ status: 201, data: { id: 'p_1' }, cached: false, stale: false, ageMs: 0, attempts: 1 });
    expect(result.correlationId).toBe('c-1');
    expect(result.headers['x-note']).toBe('n');
    expect(seen).toMatchObject([{ method: 'POST', url: '/v2/payments', body: '{"amount":5}' }]);
    expect(seen[0]?.headers).toMatchObject({ 'idempotency-key': 'order-1', 'content-type': 'application/json' });
  });

  it('encodes parameters as one segment and sorts the query', async () => {
    await open().getPayment({ params: { id: 'a/../b?c#d' }, query: { expand: ['x&y', 'z'], at: 7 } });
    expect(seen[0]?.url).toBe('/v2/payments/a%2F..%2Fb%3Fc%23d?at=7&expand=x%26y&expand=z');
  });

  it('refuses what does not match its schema, or could leave its place, before anything is sent', async () => {
    const client = open();
    const wrong = await errorOf(client.createPayment({ body: { amount: 1.5 } }, { key: 'order-1' }));
    expect(wrong).toMatchObject({ code: 'VALIDATION_ERROR', status: 400, side: 'caller', attempts: 0 });
    expect(wrong.details?.issues).toMatchObject([{ path: 'body.amount' }]);
    expect((await errorOf(client.getPayment({ params: { id: '..' } }))).details?.issues).toEqual([
      { path: 'params.id', code: 'not_a_segment' },
    ]);
    expect((await errorOf(client.createPayment({ body: { amount: 1 } }, { key: 'a\r\nb' }))).details?.issues).toEqual([
      { path: 'key', code: 'not_a_key' },
    ]);
    expect(seen).toEqual([]);
  });

  it('tries a read again after a 503 and a reset, and a write with the same key', async () => {
    answers.push(json(503, {}), reset, json(200, { id: 'p_1' }), reset, json(201, { id: 'p_2' }));
    const client = open();
    expect(await client.getPayment({ params: { id: 'p_1' } })).toMatchObject({ data: { id: 'p_1' }, attempts: 3 });
    expect(await client.createPayment({ body: { amount: 1 } }, { key: 'k-1' })).toMatchObject({ data: { id: 'p_2' }, attempts: 2 });
    expect(seen.slice(3).map(({ headers }) => headers['idempotency-key'])).toEqual(['k-1', 'k-1']);
  });

  it('does not send a write without a key twice, and says that its fate is unknown', async () => {
    answers.push(reset);
    const error = await errorOf(open().notify({ body: { text: 'x' } }));
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', status: 502, attempts: 1, side: 'upstream' });
    expect(seen).toHaveLength(1);
  });

  it('names the key and the operation to ask when all tries of a write are lost', async () => {
    answers.push(reset, reset, reset, reset);
    const error = await errorOf(open().createPayment({ body: { amount: 1 } }, { key: 'k-1' }));
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', attempts: 4, details: { key: 'k-1', reconcile: 'getPayment' } });
  });

  it('keeps the fate of a write unknown when a later try was only turned away', async () => {
    answers.push(reset, json(409, { code: 'in_progress' }));
    expect(await errorOf(open().createPayment({ body: { amount: 1 } }, { key: 'k-1' }))).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  it('ends at the deadline', async () => {
    answers.push(hang, hang);
    const client = open();
    const late = await errorOf(client.getPayment({ params: { id: 'p' } }, { deadlineMs: 1_000 }));
    expect(late).toMatchObject({ code: 'API_TIMEOUT', status: 504, attempts: 1 });
    const lost = await errorOf(client.createPayment({ body: { amount: 1 } }, { key: 'k', deadlineMs: 1_000 }));
    expect(lost).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  it('ends when the caller does', async () => {
    const controller = new AbortController();
    answers.push(() => controller.abort());
    const error = await errorOf(open().getPayment({ params: { id: 'p' } }, { signal: controller.signal }));
    expect(error).toMatchObject({ code: 'CANCELLED', status: 499, side: 'caller' });
  });

  it('keeps the status of a refusal, its body for the caller alone, and the type of one that is declared', async () => {
    answers.push(json(402, { reason: 'card_declined' }), json(404, { secret: 'ada@example.com' }));
    const client = open();
    const declined = await errorOf(client.createPayment({ body: { amount: 1 } }, { key: 'k' }));
    expect(declined).toMatchObject({ code: 'CLIENT_ERROR', status: 402, attempts: 1 });
    expect(await declaredError(acmePay.operations.createPayment, declined)).toEqual({ status: 402, data: { reason: 'card_declined' } });
    const missing = await errorOf(client.removePayment({ params: { id: 'p' } }));
    expect(missing.details?.body).toEqual({ secret: 'ada@example.com' });
    expect(JSON.stringify(missing) + String(missing)).not.toContain('ada@');
  });

  it('blames the provider for an answer that breaks its schema, and does not ask again', async () => {
    answers.push(json(200, { id: 7 }));
    const error = await errorOf(open().getPayment({ params: { id: 'p' } }));
    expect(error).toMatchObject({ code: 'SERVER_ERROR', status: 502, attempts: 1, details: { reason: 'RESPONSE_SCHEMA' } });
  });

  it('blames the credentials for a 401', async () => {
    answers.push(json(401, {}));
    const error = await errorOf(open().getPayment({ params: { id: 'p' } }));
    expect(error).toMatchObject({ code: 'AUTHENTICATION_ERROR', status: 401, side: 'upstream', attempts: 1 });
  });

  it('gives up at once when it is told to come back after its deadline', async () => {
    answers.push(json(429, {}, { 'retry-after': '60' }));
    const before = Date.now();
    const error = await within(2_000, () => errorOf(open().getPayment({ params: { id: 'p' } })));
    expect(error).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', status: 429, side: 'upstream', attempts: 1 });
    expect(error.retryAt?.getTime()).toBeGreaterThanOrEqual(before + 60_000);
  });

  it('does not begin for a caller who has left already', async () => {
    const error = await errorOf(open().getPayment({ params: { id: 'p' } }, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'CANCELLED', attempts: 0 });
    expect(seen).toEqual([]);
  });

  it('gives a kept answer its age, a parsed value of its own, and stands it in when the provider fails', async () => {
    let now = Date.now();
    const client = open(() => now);
    answers.push(json(200, { id: 'p_1', at: '2026-11-21' }));
    const first = await client.keptPayment({ params: { id: 'p_1' } });
    now += 400;
    const second = await client.keptPayment({ params: { id: 'p_1' } });
    expect([first, second]).toMatchObject([
      { cached: false, attempts: 1 },
      { cached: true, stale: false, ageMs: 400, attempts: 0 },
    ]);
    expect(second.data).toEqual({ id: 'p_1', at: new Date('2026-11-21') });
    expect(second.data).not.toBe(first.data);
    now += 1_000;
    answers.push(json(503, {}));
    expect(await client.keptPayment({ params: { id: 'p_1' } })).toMatchObject({ cached: true, stale: true, ageMs: 1_400 });
    answers.push(json(404, {}));
    expect(await errorOf(client.keptPayment({ params: { id: 'p_1' } }))).toMatchObject({ code: 'CLIENT_ERROR', status: 404 });
    expect(await client.keptPayment({ params: { id: 'p_1' } }, { useCache: false })).toMatchObject({ cached: false, attempts: 1 });
  });

  it('lets a shared answer come for the others when the first who asked has left', async () => {
    const controller = new AbortController();
    let answer = (): void => {};
    answers.push((request, response) => {
      answer = () => json(200, { id: 'p_1' })(request, response);
    });
    const client = open();
    const left = errorOf(client.keptPayment({ params: { id: 'p_1' } }, { signal: controller.signal }));
    await expect.poll(() => seen.length).toBe(1);
    const waits = client.keptPayment({ params: { id: 'p_1' } });
    controller.abort();
    expect(await left).toMatchObject({ code: 'CANCELLED' });
    answer();
    expect(await waits).toMatchObject({ data: { id: 'p_1' }, attempts: 0 });
    expect(seen).toHaveLength(1);
  });

  it('hedges a slow read and takes the faster answer', async () => {
    answers.push(hang, json(200, { id: 'fast' }));
    expect(await open().hedgedPayment({ params: { id: 'p' } })).toMatchObject({ data: { id: 'fast' }, attempts: 2 });
  });

  it('refuses at once while the breaker is open', async () => {
    const client = open();
    for (let call = 0; call < 10; call += 1) {
      answers.push(json(501, {}));
      await errorOf(client.getPayment({ params: { id: 'p' } }));
    }
    const error = await errorOf(client.getPayment({ params: { id: 'p' } }));
    expect(error).toMatchObject({ code: 'CIRCUIT_BREAKER_OPEN', status: 503, attempts: 0, side: 'client' });
    expect(seen).toHaveLength(10);
  });
});
