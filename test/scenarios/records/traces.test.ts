// What a collector gets of a request: who asked whom, and nothing of what was asked for.
import { randomBytes } from 'node:crypto';
import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import { silentLogger } from '@portico/service-kit/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectTraces, type SentSpan } from '../../stack/collect-traces.ts';
import { openShop, type Shop } from '../../stack/shop.ts';
import { startSink } from '../../stack/sink.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

const [SERVER, CLIENT] = [2, 3];
const openBus = (databaseUrl: string) => openEventBus({ databaseUrl, logger: silentLogger });

describe.each(TOPOLOGIES)('traces, %s', (topology) => {
  let collector: Awaited<ReturnType<typeof collectTraces>>;
  let stack: Stack;
  let shop: Shop;
  beforeAll(async () => {
    collector = await collectTraces();
    stack = await startStack({ topology, otlpEndpoint: collector.endpoint, openBus });
    shop = await openShop(stack);
  });
  afterAll(async () => {
    await stack?.[Symbol.asyncDispose]();
    await collector?.[Symbol.asyncDispose]();
  });

  const newTrace = () => {
    const [traceId, parent] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
    return { traceId, parent, headers: { traceparent: `00-${traceId}-${parent}-01` } };
  };
  /** The spans of a trace, once those that are named have come. */
  async function spansOf(traceId: string, names: readonly string[]): Promise<SentSpan[]> {
    const ofTrace = () => collector.spans().filter((span) => span.traceId === traceId);
    await stack.flushTraces();
    await expect.poll(() => ofTrace().map(({ name }) => name)).toEqual(expect.arrayContaining([...names]));
    return ofTrace();
  }
  const attributesOf = ({ attributes }: SentSpan) => Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

  it('of a read: the request below its caller’s span, the operation below it, and each fetch below that', async () => {
    const { traceId, parent, headers } = newTrace();
    await shop.data(200, 'GET', '/api/v1/products?fields=id&q=secretword', undefined, { headers });
    const spans = await spansOf(traceId, ['GET /api/v1/products', 'query v1_listProducts', 'fetch products']);
    const named = (name: string) => spans.find((span) => span.name === name);
    const [request, operation, fetched] = ['GET /api/v1/products', 'query v1_listProducts', 'fetch products'].map(named);
    expect([request?.parentSpanId, operation?.parentSpanId, fetched?.parentSpanId]).toEqual([parent, request?.spanId, operation?.spanId]);
    expect([request?.service, request?.kind]).toEqual(['portico-gateway', SERVER]);
    expect(request && attributesOf(request)).toEqual({
      'http.request.method': 'GET',
      'http.route': '/api/v1/products',
      'http.response.status_code': 200,
      'url.scheme': 'http',
    });
    if (topology === 'distributed') {
      const [asked] = (await spansOf(traceId, ['POST /graphql'])).filter(({ service }) => service === 'portico-products');
      expect([asked?.parentSpanId, asked?.kind]).toEqual([fetched?.spanId, SERVER]);
    }
    expect(collector.text()).not.toContain('secretword');
  });

  it('of a write: its events carry the trace on', async () => {
    const { traceId, headers } = newTrace();
    const customer = { email: `${traceId.slice(0, 8)}@example.com`, name: 'Traced' };
    await shop.data(201, 'POST', '/api/v1/customers', customer, { headers });
    const spans = await spansOf(traceId, ['POST /api/v1/customers', 'fetch customers']);
    const client = new pg.Client({ connectionString: stack.databaseUrl });
    await client.connect();
    const { rows } = await client.query('select traceparent from customers.outbox where traceparent like $1', [`00-${traceId}-%`]);
    await client.end();
    expect(rows).toHaveLength(1);
    const within = String(rows[0]?.traceparent).split('-')[2];
    await expect.poll(() => collector.spans().map(({ spanId }) => spanId)).toContain(within);
    expect(spans.every(({ traceId: id }) => id === traceId)).toBe(true);
  });

  it('of a write: attempts to deliver its events are in the trace, of which receivers are not told', async () => {
    await using sink = await startSink();
    await shop.data(201, 'POST', '/api/v1/webhooks', { url: `${sink.url}?token=secretword`, events: ['customer.created'] });
    const { traceId, headers } = newTrace();
    const customer = { email: `${traceId.slice(0, 8)}@example.com`, name: 'Traced' };
    const { id } = await shop.data<{ id: string }>(201, 'POST', '/api/v1/customers', customer, { headers });
    // What was written before the registration may come too.
    await expect.poll(() => sink.received.filter(({ body }) => body.includes(id)), { timeout: 60_000 }).toHaveLength(1);
    const spans = await spansOf(traceId, ['POST /api/v1/customers', 'webhook attempt']);
    const span = spans.find(({ name }) => name === 'webhook attempt');
    expect([span?.kind, span && attributesOf(span)]).toEqual([
      CLIENT,
      expect.objectContaining({
        'http.response.status_code': 200,
        'portico.event': 'customer.created',
        'portico.outcome': 'succeeded',
      }),
    ]);
    await expect.poll(() => collector.spans().map(({ spanId }) => spanId)).toContain(span?.parentSpanId);
    expect(sink.received.filter(({ headers: sent }) => 'traceparent' in sent)).toEqual([]);
    expect(collector.text()).not.toContain('secretword');
  });

  it('of what is refused or unknown: no path as it was sent', async () => {
    const { traceId, headers } = newTrace();
    await shop.call('GET', '/Cassandra/4111111111111111', undefined, { headers });
    const [span] = await spansOf(traceId, ['GET']);
    expect(span && attributesOf(span)).toEqual({ 'http.request.method': 'GET', 'http.response.status_code': 404, 'url.scheme': 'http' });
  });

  it('that their caller does not keep are not sent', async () => {
    const [dropped, kept] = [newTrace(), newTrace()];
    await shop.call('GET', '/api/v1/products?fields=id', undefined, {
      headers: { traceparent: dropped.headers.traceparent.replace(/01$/, '00') },
    });
    await shop.call('GET', '/api/v1/products?fields=id', undefined, { headers: kept.headers });
    await spansOf(kept.traceId, ['GET /api/v1/products']);
    expect(collector.spans().filter(({ traceId }) => traceId === dropped.traceId)).toEqual([]);
  });
});
