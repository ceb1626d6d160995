// Personal data and secrets go wherever a caller can put them; afterwards they must be in no log, no metric, no trace and no audit record.
import { randomUUID } from 'node:crypto';
import { VERSIONS } from '@portico/mesh/contracts/versions';
import type { Route } from '@portico/mesh/rest/declare/route';
import { listParameters } from '@portico/mesh/rest/query/list-query';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL, CANARIES, found, startWatchedStack, type Watched } from '../../stack/canaries.ts';
import { send } from '../../stack/send.ts';
import type { Shop } from '../../stack/shop.ts';
import { startSink } from '../../stack/sink.ts';
import { type Stack, TOPOLOGIES } from '../../stack/start-stack.ts';

// Thousands of requests, of which a busy machine answers twenty a second.
describe.each(TOPOLOGIES)('canaries, %s', { timeout: 480_000 }, (topology) => {
  let watched: Watched;
  let stack: Stack;
  let shop: Shop;
  beforeAll(async () => {
    watched = await startWatchedStack(topology);
    ({ stack, shop } = watched);
  });
  afterAll(() => watched?.[Symbol.asyncDispose]());

  /** The ledger, deliveries and their attempts, and what the bus still has. */
  async function deliveryLog(): Promise<{ text: string; statuses: string[] }> {
    const client = new pg.Client({ connectionString: stack.databaseUrl });
    await client.connect();
    try {
      const tables = ['webhooks.event', 'webhooks.delivery', 'webhooks.attempt', 'bus.event', 'webhooks.replay_job'];
      const rows = [];
      for (const table of tables) rows.push(...(await client.query(`select * from ${table}`)).rows);
      const deliveries = await client.query('select status from webhooks.delivery');
      return { text: JSON.stringify(rows), statuses: deliveries.rows.map(({ status }) => status) };
    } finally {
      await client.end();
    }
  }

  it('put into path, query, headers and body of every route are kept nowhere', async () => {
    let requests = 0;
    for (const { prefix, route } of VERSIONS.flatMap(({ prefix, routes }) => routes.map((route) => ({ prefix, route })))) {
      for (const canary of ALL) {
        const text = encodeURIComponent(canary);
        const path = `${prefix}${route.path.replaceAll(/\{\w+\}/g, text)}`;
        const names = [...queryNames(route), 'unknown'];
        const query = `${names.map((name) => `${name}=${text}`).join('&')}&${text}=1`;
        const headers = hostileHeaders(canary);
        const body = route.method === 'GET' ? undefined : { ...hostileBody(canary), [canary]: canary };
        await shop.call(route.method, path, body, { headers });
        await shop.call(route.method, `${path}?${query}`, body, { headers });
        // One parameter alone, so that each is judged by itself.
        const name = names[requests % names.length];
        await shop.call(route.method, `${path}?${name}=${text}`, body === undefined ? undefined : `{"broken": "${canary}`, { headers });
        await send(stack, route.method, path, { body, headers: { ...headers, 'x-api-key': canary, authorization: `Bearer ${canary}` } });
        requests += 4;
      }
    }
    for (const canary of ALL) {
      const text = encodeURIComponent(canary);
      await send(stack, 'GET', `/${text}?${text}=${text}`);
      await send(stack, 'OPTIONS', `/api/v1/orders?page=${text}`, { headers: { origin: `https://${text}` } });
      await send(stack, 'PATCH', `/api/v1/orders?fields=${text}`, { body: {} });
      requests += 3;
    }
    const kept = await watched.everythingKept();
    // And the one that opened the stack.
    expect(JSON.parse(kept.audit ?? '').length).toBe(requests + 1);
    for (const [where, text] of Object.entries(kept))
      expect([where, text.length > 100 || where === 'usage', found(text)]).toEqual([where, true, []]);
  });

  it('that are accepted, stored and read back are kept nowhere but in their own tables', async () => {
    const { card, email, name, phone, address, secret } = CANARIES;
    const street = { street: address, city: 'London', country: 'GB' };
    const customer = await shop.customer({ email, name, phone, address: street });
    const product = await shop.stocked(5, { name, description: `${secret} ${card}` });
    const order = await shop.order([{ productId: product.id, quantity: 1 }], {
      customerId: customer.id,
      shippingAddress: street,
      notes: `${name} ${email}`,
    });
    await shop.data(200, 'GET', `/api/v1/customers?q=${encodeURIComponent(email)}`);
    await shop.data(200, 'GET', `/api/v1/search?q=${encodeURIComponent(name)}`);
    await shop.data(200, 'GET', `/api/v1/orders/${order.id}?expand=customer`);
    await shop.data(200, 'GET', `/api/v1/customers/${customer.id}/export`);
    expect((await shop.call('POST', '/api/v1/customers', { email, name })).status).toBe(409);
    await shop.call('DELETE', `/api/v1/customers/${customer.id}`);
    for (const [where, text] of Object.entries(await watched.everythingKept())) expect([where, found(text)]).toEqual([where, []]);
  });

  it('in a webhook’s secret and headers, and in what its events are about, reach its receiver alone', async () => {
    const { email, name, phone, address } = CANARIES;
    await using sink = await startSink();
    const own = { secret: `whsec_${Buffer.from('canary-canary-canary-canary').toString('base64')}`, header: 'Bearer header-canary-0815' };
    const webhook = { url: sink.url, events: ['*'], secret: own.secret, headers: { Authorization: own.header } };
    const { id } = await shop.data<{ id: string }>(201, 'POST', '/api/v1/webhooks', webhook);
    const rotated = await shop.data<{ secret: string }>(200, 'POST', `/api/v1/webhooks/${id}/rotate-secret`);
    const customer = await shop.customer({ email, name, phone });
    const product = await shop.stocked(5, { name });
    await shop.order([{ productId: product.id, quantity: 1 }], {
      customerId: customer.id,
      paymentMethod: 'tok_visa',
      shippingAddress: { street: address, city: 'London', country: 'GB' },
      notes: name,
    });
    const sent = () => new Set(sink.received.map(({ headers }) => headers['x-webhook-event']));
    await expect
      .poll(sent, { timeout: 30_000 })
      .toEqual(new Set(['webhook.test', 'customer.created', 'order.created', 'payment.received']));
    expect(sink.received.every(({ headers }) => headers.authorization === own.header)).toBe(true);
    // Events of the tests before may come late, and are for this endpoint too then.
    await expect.poll(async () => new Set((await deliveryLog()).statuses), { timeout: 30_000 }).toEqual(new Set(['succeeded']));
    expect((await deliveryLog()).statuses.length).toBeGreaterThanOrEqual(3);
    const kept = { ...(await watched.everythingKept()), deliveries: (await deliveryLog()).text };
    for (const [where, text] of Object.entries(kept)) {
      const secrets = [own.secret, rotated.secret, own.header, 'tok_visa'].filter((secret) => text.includes(secret));
      expect([where, found(text), secrets]).toEqual([where, [], []]);
    }
    const about = sink.received.map(({ body }) => body).join();
    expect([email, name, phone].filter((canary) => about.includes(canary))).toEqual([]);
  });

  it('of our own, a key and its secret, are in no log', async () => {
    await send(stack, 'GET', '/api/v1/orders', { key: shop.key });
    for (const [where, text] of Object.entries(await watched.everythingKept()))
      for (const part of [shop.key.key, shop.key.secret]) expect([where, text.includes(part)]).toEqual([where, false]);
    expect((await watched.everythingKept()).logs).toContain('request served');
  });
});

function queryNames(route: Route): string[] {
  if (route.kind === 'custom') return Object.keys(route.parameters);
  const selection = ['fields', 'expand'];
  return route.kind === 'list' ? [...Object.keys(route.filters), ...listParameters(route)] : selection;
}

function hostileHeaders(canary: string): Record<string, string> {
  return {
    'user-agent': canary,
    'x-request-id': canary,
    traceparent: canary,
    'idempotency-key': `${canary.replaceAll(' ', '-')}-${randomUUID()}`,
    'if-none-match': `"${canary}"`,
    referer: `https://example.com/${canary}`,
    cookie: `session=${canary}`,
    'x-forwarded-for': canary,
    'accept-language': canary,
  };
}

function hostileBody(canary: string): Record<string, unknown> {
  const address = { street: canary, city: canary, country: 'GB' };
  return {
    email: canary,
    name: canary,
    phone: canary,
    sku: canary,
    notes: canary,
    customerId: canary,
    price: 1,
    currency: canary,
    quantity: 1,
    reason: canary,
    status: canary,
    address,
    shippingAddress: address,
    items: [{ productId: canary, quantity: 1 }],
    card: { number: canary },
  };
}
