import { hostileUrls } from '@portico/webhook-relay/testing/hostile-addresses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop, type Shop } from '../../stack/shop.ts';
import { type Sink, startSink } from '../../stack/sink.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

let stack: Stack;
let sink: Sink;
let shop: Shop;

beforeAll(async () => {
  stack = await startStack({ topology: 'all-in-one' });
  sink = await startSink();
  shop = await openShop(stack);
});
afterAll(async () => {
  await sink?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});

const errorOf = async (method: string, path: string, body?: unknown): Promise<{ code: string; details: Record<string, string> }> =>
  ((await shop.call(method, path, body)).body as { error: { code: string; details: Record<string, string> } }).error;

describe('a hostile integrator', () => {
  it.each([
    [{ headers: { 'X-A': 'a\r\nHost: evil.example' } }, 'headers.X-A'],
    [{ headers: { 'X-A\r\nHost': 'evil.example' } }, 'headers.X-A\r\nHost'],
    [{ headers: { 'Transfer-Encoding': 'chunked' } }, 'headers.Transfer-Encoding'],
    [{ headers: { 'Webhook-Signature': 'v1,forged' } }, 'headers.Webhook-Signature'],
    [{ headers: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`x-${i}`, '1'])) }, 'headers'],
    [{ filter: { 'items.__proto__': ['x'] } }, 'filter.items.__proto__'],
    [{ filter: { toString: ['x'] } }, 'filter.toString'],
    [{ filter: { constructor: ['x'] } }, 'filter.constructor'],
    [{ status: 'active' }, 'status'],
    [{ disabledReason: null }, 'disabledReason'],
  ])('is refused %j, by name', async (wrong, field) => {
    const before = sink.received.length;
    const error = await errorOf('POST', '/api/v1/webhooks', { url: sink.url, events: ['order.created'], ...wrong });
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', details: { [field]: expect.any(String) } });
    expect(sink.received).toHaveLength(before);
  });

  it('is refused a filter with a prototype key, whatever the parser makes of it', async () => {
    const body = `{"url":${JSON.stringify(sink.url)},"events":["*"],"filter":{"__proto__":["x"]}}`;
    expect((await shop.call('POST', '/api/v1/webhooks', body)).status).toBe(400);
  });

  it('reaches no address that is not public, by registering or by moving a webhook', async () => {
    const { id } = await shop.data<{ id: string }>(201, 'POST', '/api/v1/webhooks', { url: sink.url, events: ['*'] });
    // This stack is in development: loopback by its usual names is allowed, and is left out.
    const urls = hostileUrls(1).filter(({ url }) => !isLoopback(url));
    expect(urls.length).toBeGreaterThan(20);
    for (const { url } of urls) {
      const made = await errorOf('POST', '/api/v1/webhooks', { url, events: ['*'] });
      expect([url, made?.code, made?.details]).toEqual([url, 'VALIDATION_ERROR', { url: expect.any(String) }]);
      const moved = await errorOf('PUT', `/api/v1/webhooks/${id}`, { url, events: ['*'] });
      expect([url, moved?.code]).toEqual([url, 'VALIDATION_ERROR']);
    }
  });

  it('gets no 51st webhook, however many he asks for at once', async () => {
    const other = await openShop(stack);
    sink.status = 500;
    const replies = await Promise.all(
      Array.from({ length: 55 }, (_, i) =>
        other.call('POST', '/api/v1/webhooks', { url: sink.url, events: ['order.created'], description: `Number ${i}` }),
      ),
    );
    sink.status = 200;
    expect(Map.groupBy(replies, ({ status }) => status).get(201)).toHaveLength(50);
    expect((await other.call('GET', '/api/v1/webhooks')).body).toMatchObject({ pagination: { total: 50 } });
  });
});

describe.each(TOPOLOGIES)('a platform that nobody told to allow loopback, %s', (topology) => {
  it('sends nothing to this machine, whatever its address is called, nor to any other that is not public', async () => {
    await using guarded = await startStack({ topology, allowLoopback: false });
    const other = await openShop(guarded);
    const before = sink.received.length;
    const port = Number(new URL(sink.url).port);
    for (const { url } of [{ url: sink.url }, ...hostileUrls(port)]) {
      const { status, body } = await other.call('POST', '/api/v1/webhooks', { url, events: ['*'] });
      expect([url, status, body]).toEqual([
        url,
        400,
        expect.objectContaining({ error: expect.objectContaining({ code: 'VALIDATION_ERROR' }) }),
      ]);
    }
    expect(sink.received).toHaveLength(before);
    expect((await other.call('GET', '/api/v1/webhooks')).body).toMatchObject({ pagination: { total: 0 } });
  });
});

function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return /^(127\.|\[::1\]|localhost\.?$)/.test(hostname) || hostname.endsWith('.localhost') || hostname.endsWith('.localhost.');
}
