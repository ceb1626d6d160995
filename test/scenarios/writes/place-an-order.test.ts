import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop, type Shop } from '../../stack/shop.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

type Order = {
  id: string;
  status: string;
  total: number;
  items: { productId: string; quantity: number; unitPrice: number; total: number }[];
};
type Failure = { error: { code: string; details: Record<string, unknown>; message: string } };

describe.each(TOPOLOGIES)('placing an order, %s', (topology) => {
  let stack: Stack;
  let shop: Shop;
  beforeAll(async () => {
    stack = await startStack({ topology, shared: true });
    shop = await openShop(stack);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  it('works with the example of the requirements as it is printed there', async () => {
    const { id: customerId } = await shop.customer();
    const { id: productId } = await shop.stocked(10);
    const reply = await shop.call('POST', '/api/v1/orders', {
      customerId,
      items: [{ productId, quantity: 2, price: 29.99 }],
      shippingAddress: { street: '123 Main St', city: 'New York', state: 'NY', zip: '10001' },
    });
    const { data } = reply.body as { data: Order };
    expect(reply.status).toBe(201);
    expect(data).toMatchObject({
      customerId,
      status: 'pending',
      total: 59.98,
      currency: 'USD',
      items: [{ quantity: 2, unitPrice: 29.99, total: 59.98 }],
    });
    expect(reply.headers.get('location')).toBe(`/api/v1/orders/${data.id}`);
    expect(await shop.data(200, 'GET', `/api/v1/orders/${data.id}`)).toEqual(data);
  });

  it('reserves the stock, and cancelling gives it back', async () => {
    const { id: productId, sku } = await shop.stocked(5);
    const { id } = await shop.order([{ productId, quantity: 3 }]);
    expect(await shop.data(200, 'GET', `/api/v1/inventory/${sku}`)).toMatchObject({ quantity: 5, reserved: 3, available: 2 });
    expect(await shop.data(200, 'DELETE', `/api/v1/orders/${id}`)).toMatchObject({ id, status: 'cancelled' });
    expect(await shop.data(200, 'GET', `/api/v1/inventory/${sku}`)).toMatchObject({ quantity: 5, reserved: 0, available: 5 });
  });

  it('ships what it reserved', async () => {
    const { id: productId, sku } = await shop.stocked(5);
    const { id } = await shop.order([{ productId, quantity: 2 }]);
    for (const status of ['confirmed', 'processing', 'shipped', 'delivered']) {
      expect(await shop.data(200, 'PATCH', `/api/v1/orders/${id}/status`, { status })).toMatchObject({ status });
    }
    expect(await shop.data(200, 'GET', `/api/v1/inventory/${sku}`)).toMatchObject({ quantity: 3, reserved: 0 });
    const refused = await shop.call('DELETE', `/api/v1/orders/${id}`);
    expect(refused.status).toBe(409);
    expect((refused.body as Failure).error).toMatchObject({
      code: 'INVALID_STATE',
      details: { status: 'delivered', allowed: ['refunded'] },
    });
  });

  it('names every item that is short, and reserves none', async () => {
    const [plenty, few] = [await shop.stocked(9), await shop.stocked(1)];
    const { id: customerId } = await shop.customer();
    const reply = await shop.call('POST', '/api/v1/orders', {
      customerId,
      items: [plenty, few].map(({ id: productId }) => ({ productId, quantity: 2 })),
    });
    expect(reply.status).toBe(409);
    expect((reply.body as Failure).error).toMatchObject({
      code: 'INSUFFICIENT_INVENTORY',
      details: { 'items[1]': 'Requested 2, available 1.' },
    });
    expect(await shop.data(200, 'GET', `/api/v1/inventory/${plenty.sku}`)).toMatchObject({ reserved: 0 });
  });

  it('refuses a customer that is not there, and a price that is not the catalogue’s', async () => {
    const { id: productId } = await shop.stocked(5);
    const { id: customerId } = await shop.customer();
    const stranger = await shop.call('POST', '/api/v1/orders', { customerId: 'cust_123', items: [{ productId, quantity: 1 }] });
    expect([stranger.status, (stranger.body as Failure).error.code]).toEqual([400, 'INVALID_CUSTOMER']);
    const cheap = await shop.call('POST', '/api/v1/orders', { customerId, items: [{ productId, quantity: 1, price: 1 }] });
    expect([cheap.status, (cheap.body as Failure).error.details]).toEqual([400, { 'items[0].price': 'The price is 29.99 USD.' }]);
  });

  it('sells exactly 50 of 50 pieces to 200 that want one at the same time', async () => {
    const { id: productId, sku } = await shop.stocked(50);
    const { id: customerId } = await shop.customer();
    const ordered = async (): Promise<number> => {
      const { body } = await shop.call('GET', `/api/v1/orders?productId=${productId}&perPage=1&fields=id`);
      return (body as { pagination: { total: number } }).pagination.total;
    };
    const count = { 201: 0, 409: 0, later: 0 };
    for (let buyers = 200; (await ordered()) < 50; buyers = 50) {
      const replies = await Promise.all(
        Array.from({ length: buyers }, (_, i) =>
          shop.call('POST', '/api/v1/orders', { customerId, items: [{ productId, quantity: 1 }], notes: `order ${i}` }),
        ),
      );
      for (const { status } of replies) {
        // A machine that is busy with other things has not the time for all of them, and says so. Then others come.
        expect([201, 409, 503, 504]).toContain(status);
        count[status === 201 || status === 409 ? status : 'later'] += 1;
      }
    }
    // Whoever waited for too long may have bought.
    expect(count[201]).toBeLessThanOrEqual(50);
    expect(count[201] + count.later).toBeGreaterThanOrEqual(50);
    await expect.poll(() => shop.data(200, 'GET', `/api/v1/inventory/${sku}`)).toMatchObject({ quantity: 50, reserved: 50, available: 0 });
    expect(await ordered()).toBe(50);
  });
});
