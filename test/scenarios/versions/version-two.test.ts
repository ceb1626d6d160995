// What an integrator of version 2 sees that one of version 1 does not.
import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import { silentLogger } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Reply, type RequestOptions, send, signingTimes } from '../../stack/send.ts';
import { openShop, type Shop } from '../../stack/shop.ts';
import { startSink } from '../../stack/sink.ts';
import { type Stack, startStack } from '../../stack/start-stack.ts';

type Shown = Record<string, unknown>;
type Refusal = Shown & { error_code: string; details: { field: string; error: string }[] };

let stack: Stack;
let shop: Shop;
let customerId: string;
let product: { id: string; sku: string };
beforeAll(async () => {
  stack = await startStack({ topology: 'all-in-one', openBus: (databaseUrl) => openEventBus({ databaseUrl, logger: silentLogger }) });
  shop = await openShop(stack);
  customerId = (await shop.customer()).id;
  product = await shop.stocked(100);
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const nextTime = signingTimes();
const call = (method: string, target: string, body?: unknown, options?: RequestOptions): Promise<Reply> =>
  shop.call(method, `/api/v2${target}`, body, { nowMs: nextTime(), ...options });
const items = (unitPrice?: unknown) => [
  { product_id: product.id, quantity: 2, ...(unitPrice === undefined ? {} : { unit_price: unitPrice }) },
];

async function refused(status: number, reply: Promise<Reply>): Promise<Refusal> {
  const { status: was, body, text, headers } = await reply;
  expect([was, text]).toEqual([status, expect.anything()]);
  expect(headers.get('x-api-version')).toBe('2');
  return body as Refusal;
}

describe('an order', () => {
  it('is placed in snake_case with amounts as texts, and read in either version', async () => {
    const placed = await call('POST', '/orders', {
      customer_id: customerId,
      items: items('29.99'),
      shipping_address: { street: '1 Main St', city: 'Paris', postal_code: '75001', country: 'FR' },
    });
    expect(placed.status).toBe(201);
    const { data, meta } = placed.body as { data: Shown; meta: Shown };
    expect(meta).toEqual({ request_id: placed.headers.get('x-request-id') });
    expect(placed.headers.get('location')).toBe(`/api/v2/orders/${data.order_id}`);
    expect(placed.headers.get('x-api-version')).toBe('2');
    expect(data).toMatchObject({
      order_id: expect.stringMatching(/^order_/),
      customer_id: customerId,
      total_amount: '59.98',
      items: [{ product_id: product.id, quantity: 2, unit_price: '29.99', total_amount: '59.98' }],
      shipping_address: { postal_code: '75001' },
      created_at: expect.stringMatching(/Z$/),
    });
    const first = await shop.data<Shown>(200, 'GET', `/api/v1/orders/${data.order_id}`);
    expect(first).toMatchObject({ id: data.order_id, total: 59.98, shippingAddress: { zip: '75001' } });
  });

  it('is changed under the entity tag that either version gave', async () => {
    const { id } = await shop.order([{ productId: product.id, quantity: 1 }]);
    const etag = (await shop.call('GET', `/api/v1/orders/${id}`)).headers.get('etag') ?? '';
    const changed = await call('PUT', `/orders/${id}`, { notes: 'Ring' }, { headers: { 'if-match': etag } });
    expect([changed.status, (changed.body as { data: Shown }).data.notes]).toEqual([200, 'Ring']);
    const stale = await refused(412, call('PUT', `/orders/${id}`, { notes: 'Knock' }, { headers: { 'if-match': etag } }));
    expect(stale.error_code).toBe('PRECONDITION_FAILED');
  });

  it('is answered from the cache of its own version, with HEAD, OPTIONS and If-None-Match as ever', async () => {
    const { id } = await shop.order([{ productId: product.id, quantity: 1 }]);
    const target = `/orders/${id}?fields=order_id`;
    await call('GET', target);
    const read = await call('GET', target);
    const again = await call('GET', target);
    expect([again.headers.get('x-cache'), again.text.length]).toEqual(['hit', Number(again.headers.get('content-length'))]);
    const etag = read.headers.get('etag') ?? '';
    expect((await call('GET', target, undefined, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const head = await call('HEAD', target);
    expect([head.status, head.text, head.headers.get('x-api-version')]).toEqual([200, '', '2']);
    const options = await send(stack, 'OPTIONS', '/api/v2/orders');
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, POST, HEAD, OPTIONS']);
    expect((await shop.data<Shown>(200, 'GET', `/api/v1/orders/${id}?fields=id`)).id).toBe(id);
  });
});

describe('a refusal', () => {
  it('lists what is wrong with each field, under the names of the request', async () => {
    const { documentation_url, timestamp, request_id, ...told } = await refused(
      400,
      call('POST', '/orders', { customer_id: customerId, items: [{ product_id: product.id, quantity: 0 }] }),
    );
    expect(told).toEqual({
      error_code: 'VALIDATION_ERROR',
      message: expect.any(String),
      details: [{ field: 'items[0].quantity', error: 'It must be at least 1.' }],
    });
    expect([documentation_url, timestamp, request_id]).toEqual([
      '/docs/errors#validation_error',
      expect.stringMatching(/Z$/),
      expect.any(String),
    ]);
  });

  it('names a field in its own words when the graph refuses it', async () => {
    const dear = await refused(400, call('POST', '/orders', { customer_id: customerId, items: items('1.00') }));
    expect(dear.details).toEqual([{ field: 'items[0].unit_price', error: expect.any(String) }]);
    const unknown = await refused(400, call('POST', '/orders', { customer_id: 'cust_x', items: items() }));
    expect([unknown.error_code, unknown.details[0]?.field]).toEqual(['INVALID_CUSTOMER', 'customer_id']);
    const digits = await refused(400, call('POST', '/products', { sku: 'digits', name: 'x', price: '29.999', currency: 'USD' }));
    expect(digits.details).toEqual([{ field: 'price', error: 'A price in USD has at most 2 decimal digits.' }]);
  });

  it.each([
    ['GET', '/orders?createdAfter=2026-01-01', undefined, 'createdAfter', 'created_after'],
    ['GET', '/orders?sort=createdAt', undefined, 'sort', 'created_at'],
    ['GET', '/orders?fields=order_id,customerId', undefined, 'fields', 'customer_id'],
    ['GET', '/orders?fields=items.productId', undefined, 'fields', 'product_id'],
    ['POST', '/customers', { email: 'a@example.com', name: 'x', Phone: '+331' }, 'Phone', 'phone'],
    ['POST', '/orders', { customerId: 'x', items: [] }, 'customerId', 'customer_id'],
    ['POST', '/webhooks', { url: 'https://x.example', events: ['*'], ratePerSecond: 1 }, 'ratePerSecond', 'rate_per_second'],
  ])('knows no name of version 1: %s %s %j', async (method, target, body, field, meant) => {
    const { details } = await refused(400, call(method, target, body));
    expect(details.find((one) => one.field === field)?.error).toMatch(new RegExp(`is not known. Did you mean "${meant}"\\? Allowed: `));
  });

  it.each([
    ['GET', '/orders?created_after=2026-01-01', undefined, 'created_after', 'createdAfter'],
    ['GET', '/orders?sort=created_at', undefined, 'sort', 'createdAt'],
    ['GET', '/orders?fields=customer_id', undefined, 'fields', 'customerId'],
    ['POST', '/orders', { customer_id: 'x', items: [] }, 'customer_id', 'customerId'],
  ])('is the same the other way round: %s %s %j', async (method, target, body, field, meant) => {
    const reply = await shop.call(method, `/api/v1${target}`, body);
    const { error } = reply.body as { error: { details: Shown } };
    expect([reply.status, error.details[field]]).toEqual([400, expect.stringContaining(`Did you mean "${meant}"?`)]);
  });

  it.each([
    [29.99, 'It must be a text.'],
    ['29,99', expect.stringContaining('29.99')],
    ['1e3', expect.stringContaining('29.99')],
    ['-1', expect.stringContaining('29.99')],
    ['٣', expect.stringContaining('29.99')],
  ])('takes no %j for an amount', async (price, error) => {
    const { details } = await refused(400, call('POST', '/products', { sku: 'odd', name: 'x', price, currency: 'USD' }));
    expect(details).toEqual([{ field: 'price', error }]);
  });

  it('shows values that a code documents beside its message', async () => {
    const { id } = await shop.order([{ productId: product.id, quantity: 1 }]);
    const illegal = await refused(409, call('PATCH', `/orders/${id}/status`, { status: 'delivered' }));
    expect(illegal).toMatchObject({ error_code: 'INVALID_STATE', status: 'pending', allowed: expect.any(Array), details: [] });
    const key = await stack.key({ scopes: ['products:read'] });
    expect(await refused(403, call('GET', '/orders', undefined, { key }))).toMatchObject({
      error_code: 'FORBIDDEN',
      required_scope: 'orders:read',
      details: [],
    });
    const wrong = await refused(401, call('GET', '/orders', undefined, { headers: { 'x-api-signature': 'v2=0' } }));
    expect([wrong.error_code, wrong.documentation_url]).toEqual(['UNAUTHORIZED', '/docs/errors#authentication_error']);
    expect((await refused(404, send(stack, 'GET', '/api/v2/nothing'))).error_code).toBe('NOT_FOUND');
    expect(await refused(405, send(stack, 'PATCH', '/api/v2/orders'))).toMatchObject({ allow: 'GET, POST, HEAD, OPTIONS', details: [] });
    const busy = await stack.key({ burst: { limit: 1, windowSeconds: 60 } });
    await call('GET', '/orders', undefined, { key: busy });
    // A limit is one over both versions.
    const late = await refused(429, call('GET', '/products', undefined, { key: busy }));
    expect(late).toMatchObject({ error_code: 'RATE_LIMIT_EXCEEDED', retry_after: expect.any(Number) });
    expect((await shop.call('GET', '/api/v1/products', undefined, { key: busy })).status).toBe(429);
  });
});

describe('a list', () => {
  it('is walked by cursor alone', async () => {
    const { body, headers } = await call('GET', '/products?limit=1');
    expect((body as Shown).pagination).toEqual({ next_cursor: null, prev_cursor: null, limit: 1 });
    expect(headers.get('link')).toContain('rel="first"');
    for (const query of ['page=2', 'perPage=5', 'per_page=5'])
      expect((await refused(400, call('GET', `/products?${query}`))).details[0]?.error).toMatch(
        /Allowed: cursor, limit, sort, order, fields/,
      );
    expect((await refused(400, call('GET', '/products?limit=101'))).details).toEqual([
      { field: 'limit', error: 'It must be a whole number from 1 to 100.' },
    ]);
    expect((await refused(400, call('GET', '/products?cursor=nonsense'))).details[0]?.field).toBe('cursor');
  });
});

describe('an idempotency key', () => {
  const order = (prefix: string, body: object): Promise<Reply> =>
    shop.call('POST', `${prefix}/orders`, body, { headers: { 'idempotency-key': 'across' }, nowMs: nextTime() });

  it('gives the first answer again under its own request id, and belongs to one version', async () => {
    const body = { customer_id: customerId, items: items() };
    const [first, second] = [await order('/api/v2', body), await order('/api/v2', body)];
    expect([first.status, second.status, second.headers.get('idempotent-replayed')]).toEqual([201, 200, 'true']);
    const [was, is] = [first, second].map((reply) => reply.body as { data: Shown; meta: Shown });
    expect(is?.data).toEqual(was?.data);
    expect(is?.meta).toEqual({ request_id: second.headers.get('x-request-id') });
    const another = await refused(409, order('/api/v2', { ...body, notes: 'x' }));
    expect(another).toMatchObject({ error_code: 'DUPLICATE_ORDER', existing_order_id: was?.data.order_id, details: [] });
    const across = await order('/api/v1', { customerId, items: [{ productId: product.id, quantity: 2 }] });
    expect((across.body as { error: Shown }).error).toMatchObject({
      code: 'DUPLICATE_ORDER',
      details: { existingOrderId: was?.data.order_id },
    });
  });

  it('gives a refusal again under its own request id', async () => {
    const refuse = (): Promise<Reply> => call('POST', '/customers', { request_id: 'mine' }, { headers: { 'idempotency-key': 'refused' } });
    const [first, second] = [await refuse(), await refuse()];
    expect([first.status, second.headers.get('idempotent-replayed')]).toEqual([400, 'true']);
    const { request_id: _, ...was } = first.body as Shown;
    const { request_id: requestId, ...is } = second.body as Shown;
    expect(is).toEqual(was);
    expect(requestId).toBe(second.headers.get('x-request-id'));
  });
});

describe('a webhook', () => {
  it('that is registered in version 2 gets bodies of version 2, and the event is shown field for field so', async () => {
    await using sink = await startSink();
    const made = await call('POST', '/webhooks', { url: sink.url, events: ['order.created'], filter: { currency: ['USD'] } });
    expect([made.status, (made.body as { data: Shown }).data]).toEqual([
      201,
      expect.objectContaining({ api_version: '2', status: 'active' }),
    ]);
    const first = await shop.data<Shown>(201, 'POST', '/api/v1/webhooks', { url: `${sink.url}/one`, events: ['order.created'] });
    expect(first.apiVersion).toBe('1');
    const { webhook_id: id } = (made.body as { data: Shown }).data;
    const kept = await call('PUT', `/webhooks/${id}`, { url: sink.url, events: ['order.created'], api_version: '1' });
    expect((kept.body as { data: Shown }).data.api_version).toBe('1');
    const back = await call('PUT', `/webhooks/${id}`, { url: sink.url, events: ['order.created'] });
    expect((back.body as { data: Shown }).data.api_version).toBe('2');
    const placed = await call('POST', '/orders', { customer_id: customerId, items: items() });
    const orderId = (placed.body as { data: Shown }).data.order_id;
    const sent = (): Shown | undefined =>
      sink.received
        .map(({ body }) => JSON.parse(String(body)) as Shown)
        .find(({ event_type: type, data }) => type === 'order.created' && (data as Shown).object_id === orderId);
    await expect.poll(sent).toBeDefined();
    const event = await call('GET', `/events/${sent()?.event_id}`);
    expect((event.body as { data: Shown }).data).toEqual(sent());
    const listed = await call('GET', `/events?event_type=order.created&object_id=${orderId}`);
    expect((listed.body as { data: Shown[] }).data).toEqual([sent()]);
  });
});

describe('the index', () => {
  it('lists both versions with their documents', async () => {
    const { versions } = (await send(stack, 'GET', '/api')).body as { versions: Record<string, string>[] };
    expect(versions.map(({ version, status, url }) => [version, status, url])).toEqual([
      ['1', 'current', '/api/v1'],
      ['2', 'current', '/api/v2'],
    ]);
    for (const { version, openapi = '' } of versions) {
      const reply = await send(stack, 'GET', openapi);
      expect([(reply.body as { info: Shown }).info.version, reply.headers.get('x-api-version')]).toEqual([`${version}.0.0`, version]);
    }
  });
});
