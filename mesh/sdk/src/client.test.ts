import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPortico, type Portico, type PorticoOptions } from './client.ts';
import { PorticoError } from './portico-error.ts';

type Sent = { method: string; url: string; headers: Record<string, string>; body: string | undefined; at: number };
type Reply = Response | Error;

const DATA = { data: { id: 'order_1' }, meta: { requestId: 'req_1' } };
const BODY = { customerId: 'cust_1', items: [{ productId: 'prod_1', quantity: 1 }] };
const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers });
const errorBody = (code: string) => ({ error: { code, message: 'No.', details: { a: 'b' }, requestId: 'req_2' } });

/** A client whose requests get these answers, one after the other. */
function answering(replies: Reply[], options: Partial<PorticoOptions> = {}): { portico: Portico; sent: Sent[] } {
  const sent: Sent[] = [];
  const send = async (url: URL | RequestInfo, { method = '', headers, body }: RequestInit = {}): Promise<Response> => {
    sent.push({ method, url: String(url), headers: headers as Record<string, string>, body: body as string | undefined, at: Date.now() });
    const reply = replies.shift();
    if (reply === undefined) throw new Error('There was one request too many.');
    if (reply instanceof Error) throw reply;
    return reply;
  };
  const given = { baseUrl: 'https://api.test', key: 'ak_test_x', secret: 'sk_x', fetch: send as typeof fetch, ...options };
  return { portico: createPortico(given), sent };
}

/** Work of the platform, such as signing, is done by real threads: it is waited for between fake timers. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets all waiting pass at once. */
async function settled<Value>(promise: Promise<Value>): Promise<Value> {
  let done = false;
  const ending = promise.finally(() => {
    done = true;
  });
  ending.catch(() => {});
  while (!done) {
    await turn();
    await vi.advanceTimersToNextTimerAsync();
  }
  return ending;
}

describe('the SDK', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_767_225_600_000, toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
  afterEach(() => void vi.useRealTimers());

  it('sends a write again under one idempotency key, each attempt with a signature of its own', async () => {
    const replies = [
      new TypeError('fetch failed'),
      json(503, errorBody('SERVICE_UNAVAILABLE')),
      new Response('<html>', { status: 502 }),
      json(201, DATA),
    ];
    const { portico, sent } = answering(replies);
    expect(await settled(portico.createOrder({ body: BODY }))).toEqual(DATA);
    expect(sent).toHaveLength(4);
    expect(new Set(sent.map(({ headers }) => headers['Idempotency-Key'])).size).toBe(1);
    expect(new Set(sent.map(({ headers }) => headers['X-API-Signature'])).size).toBe(4);
    for (const { method, url, body } of sent)
      expect([method, url, body]).toEqual(['POST', 'https://api.test/api/v1/orders', JSON.stringify(BODY)]);
  });

  it('waits for Retry-After, and where that is too long says so at once', async () => {
    const { portico, sent } = answering([json(429, errorBody('RATE_LIMIT_EXCEEDED'), { 'retry-after': '7' }), json(200, DATA)]);
    await settled(portico.getOrder({ orderId: 'order_1' }));
    expect((sent[1]?.at ?? 0) - (sent[0]?.at ?? 0)).toBeGreaterThanOrEqual(8_000);
    const long = answering([json(429, errorBody('RATE_LIMIT_EXCEEDED'), { 'retry-after': '3600' })]);
    await expect(settled(long.portico.getOrder({ orderId: 'order_1' }))).rejects.toMatchObject({ status: 429 });
  });

  it('gives up after the last retry, with the last error', async () => {
    const { portico, sent } = answering([json(503, {}), new TypeError('fetch failed')], { retries: 1 });
    await expect(settled(portico.listOrders())).rejects.toThrow('fetch failed');
    expect(sent).toHaveLength(2);
  });

  it.each([400, 401, 402, 403, 404, 409, 412, 500])('sends nothing again that would be refused again: %i', async (status) => {
    const { portico, sent } = answering([json(status, errorBody('VALIDATION_ERROR'), { 'x-request-id': 'req_2' })]);
    const refused = await settled(portico.listOrders()).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PorticoError);
    expect(refused).toMatchObject({ status, code: 'VALIDATION_ERROR', message: 'No.', details: { a: 'b' }, requestId: 'req_2' });
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['a page', new Response('<html>', { status: 404 })],
    ['half of an answer', new Response('{"data":', { status: 200 })],
    ['another form', json(400, { error: 'no' })],
  ])('says of %s that it is not an answer of the API', async (_, reply) => {
    const { portico } = answering([reply]);
    await expect(settled(portico.listOrders())).rejects.toMatchObject({ code: 'UNEXPECTED_ANSWER' });
  });

  it('ends with the signal, while it waits too', async () => {
    const stopping = new AbortController();
    const { portico, sent } = answering([json(503, {}, { 'retry-after': '30' })]);
    const asked = portico.listOrders({}, { signal: stopping.signal });
    const refused = expect(asked).rejects.toThrow('enough');
    while (vi.getTimerCount() === 0) await turn();
    stopping.abort(new Error('enough'));
    await refused;
    expect([sent.length, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it('writes values so that each stays one value', async () => {
    const { portico, sent } = answering([json(200, DATA), json(200, DATA)]);
    await settled(portico.listOrders({ currency: ['a,b', "c'd&e=f"], q: 'blue mug', page: 2 }));
    const { searchParams } = new URL(sent[0]?.url ?? '');
    expect(Object.fromEntries(searchParams)).toEqual({ currency: "a\\,b,c'd&e=f", q: 'blue mug', page: '2' });
    await settled(portico.getOrder({ orderId: '../products?x=#' }));
    expect(new URL(sent[1]?.url ?? '').pathname).toBe('/api/v1/orders/..%2Fproducts%3Fx%3D%23');
  });

  it.each(['', '.', '..'])('sends no request to the path of another operation: %j', async (orderId) => {
    const { portico, sent } = answering([]);
    await expect(portico.cancelOrder({ orderId })).rejects.toThrow(/orderId cannot be/);
    expect(sent).toEqual([]);
  });

  it('asks for a token before each attempt', async () => {
    const { portico, sent } = answering([json(503, {}), json(200, DATA)], {
      token: async () => `t${sent.length}`,
    } as never);
    await settled(portico.listOrders());
    expect(sent.map(({ headers }) => headers.Authorization)).toEqual(['Bearer t0', 'Bearer t1']);
    expect(sent.some(({ headers }) => 'X-API-Key' in headers)).toBe(false);
  });
});
