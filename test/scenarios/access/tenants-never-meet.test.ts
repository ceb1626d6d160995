import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import { silentLogger } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openShop, type Shop } from '../../stack/shop.ts';
import { type Sink, startSink } from '../../stack/sink.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

describe.each(TOPOLOGIES)('tenants, %s', (topology) => {
  let stack: Stack;
  let sink: Sink;
  let owner: Shop;
  let others: Shop[];
  let paths: { method: string; path: string; body?: unknown }[];

  beforeAll(async () => {
    stack = await startStack({ topology, shared: true, openBus: (databaseUrl) => openEventBus({ databaseUrl, logger: silentLogger }) });
    owner = await openShop(stack, { account: 'owner', mode: 'test' });
    // Another account, and the same account in the other mode.
    others = [await openShop(stack, { account: 'stranger', mode: 'test' }), await openShop(stack, { account: 'owner', mode: 'live' })];
    const { id: productId, sku } = await owner.stocked(5);
    const { id: customerId } = await owner.customer();
    sink = await startSink();
    const webhook = { url: sink.url, events: ['order.created'] };
    const { id: webhookId } = await owner.data<{ id: string }>(201, 'POST', '/api/v1/webhooks', webhook);
    const { id: orderId } = await owner.order([{ productId, quantity: 1 }], { customerId });
    const deliveries = () =>
      owner.data<{ id: string; eventId: string }[]>(200, 'GET', `/api/v1/webhooks/${webhookId}/deliveries?status=succeeded`);
    const delivery = await vi.waitFor(async () => (await deliveries())[0] ?? Promise.reject(new Error('Nothing was delivered yet.')), {
      timeout: 30_000,
    });
    const since = '2026-01-01T00:00:00Z';
    const replay = await owner.data<{ id: string }>(201, 'POST', `/api/v1/webhooks/${webhookId}/replays`, { what: 'failed', since });
    paths = [
      { method: 'GET', path: `/api/v1/products/${productId}` },
      { method: 'PUT', path: `/api/v1/products/${productId}`, body: { name: 'Mine' } },
      { method: 'DELETE', path: `/api/v1/products/${productId}` },
      { method: 'GET', path: `/api/v1/customers/${customerId}` },
      { method: 'PUT', path: `/api/v1/customers/${customerId}`, body: { name: 'Mine' } },
      { method: 'GET', path: `/api/v1/customers/${customerId}/export` },
      { method: 'DELETE', path: `/api/v1/customers/${customerId}` },
      { method: 'GET', path: `/api/v1/orders/${orderId}` },
      { method: 'GET', path: `/api/v1/orders/${orderId}/payments` },
      { method: 'PUT', path: `/api/v1/orders/${orderId}`, body: { notes: 'Mine' } },
      { method: 'PATCH', path: `/api/v1/orders/${orderId}/status`, body: { status: 'cancelled' } },
      { method: 'DELETE', path: `/api/v1/orders/${orderId}` },
      { method: 'GET', path: `/api/v1/inventory/${sku}` },
      { method: 'PUT', path: `/api/v1/inventory/${sku}`, body: { quantity: 0 } },
      { method: 'PATCH', path: `/api/v1/inventory/${sku}/reserve`, body: { quantity: 1 } },
      { method: 'GET', path: `/api/v1/webhooks/${webhookId}` },
      { method: 'PUT', path: `/api/v1/webhooks/${webhookId}`, body: webhook },
      ...['test', 'rotate-secret', 'rotate-secret/complete', 'pause', 'resume', 'enable', 'disable'].map((action) => ({
        method: 'POST',
        path: `/api/v1/webhooks/${webhookId}/${action}`,
      })),
      { method: 'GET', path: `/api/v1/webhooks/${webhookId}/deliveries` },
      { method: 'POST', path: `/api/v1/webhooks/${webhookId}/replays`, body: { what: 'failed', since } },
      { method: 'GET', path: `/api/v1/webhooks/${webhookId}/replays` },
      { method: 'GET', path: `/api/v1/replays/${replay.id}` },
      { method: 'POST', path: `/api/v1/replays/${replay.id}/cancel` },
      { method: 'GET', path: `/api/v1/events/${delivery.eventId}` },
      { method: 'GET', path: `/api/v1/deliveries/${delivery.id}` },
      { method: 'GET', path: `/api/v1/deliveries/${delivery.id}/attempts` },
      { method: 'POST', path: `/api/v1/deliveries/${delivery.id}/replay` },
      { method: 'DELETE', path: `/api/v1/webhooks/${webhookId}` },
    ];
  });
  afterAll(async () => {
    await sink?.[Symbol.asyncDispose]();
    await stack?.[Symbol.asyncDispose]();
  });

  it('cannot see or change what is another’s: the answer is that of a thing that never was', async () => {
    for (const other of others) {
      for (const { method, path, body } of paths) {
        const first = await other.call(method, path, body);
        const second = await other.call(method, path.replace('/api/v1/', '/api/v2/'), body);
        expect([method, path, first.status, (first.body as { error: { code: string } }).error.code]).toEqual([
          method,
          path,
          404,
          'NOT_FOUND',
        ]);
        expect([method, path, second.status, (second.body as { error_code: string }).error_code]).toEqual([method, path, 404, 'NOT_FOUND']);
      }
    }
  });

  it('have lists and searches of their own', async () => {
    for (const other of others) {
      for (const list of ['products', 'customers', 'orders', 'inventory', 'webhooks', 'events']) {
        expect((await other.call('GET', `/api/v1/${list}`)).body).toMatchObject({ data: [], pagination: { total: 0 } });
        expect((await other.call('GET', `/api/v2/${list}`)).body).toMatchObject({ data: [], pagination: { next_cursor: null } });
      }
      expect(await other.data(200, 'GET', '/api/v1/search?q=blue')).toMatchObject({
        products: { total: 0 },
        customers: { total: 0 },
        orders: { total: 0 },
      });
    }
    expect((await owner.call('GET', '/api/v1/products')).body).toMatchObject({ pagination: { total: 1 } });
  });

  it('cannot order each other’s products, nor for each other’s customers', async () => {
    const [stranger] = others;
    if (stranger === undefined) throw new Error('There is no stranger.');
    const [foreignProduct, foreignCustomer] = [paths[0], paths[3]].map((one) => one?.path.split('/').at(-1));
    const [{ id: productId }, { id: customerId }] = [await stranger.stocked(3), await stranger.customer()];
    const errorOf = async (given: object): Promise<unknown> =>
      ((await stranger.call('POST', '/api/v1/orders', given)).body as { error: object }).error;
    expect(await errorOf({ customerId, items: [{ productId: foreignProduct, quantity: 1 }] })).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { 'items[0].productId': expect.any(String) },
    });
    expect(await errorOf({ customerId: foreignCustomer, items: [{ productId, quantity: 1 }] })).toMatchObject({ code: 'INVALID_CUSTOMER' });
  });

  it('leave the owner’s things as they were', async () => {
    for (const { path } of paths.filter(({ method }) => method === 'GET')) expect((await owner.call('GET', path)).status).toBe(200);
    expect(await owner.data(200, 'GET', paths[7]?.path ?? '')).toMatchObject({ status: 'pending', notes: null });
  });
});
