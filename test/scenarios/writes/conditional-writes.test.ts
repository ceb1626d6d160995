import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop, type Shop } from '../../stack/shop.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

const codeOf = (body: unknown): string => (body as { error: { code: string } }).error.code;

describe.each(TOPOLOGIES)('changing a resource, %s', (topology) => {
  let stack: Stack;
  let shop: Shop;
  beforeAll(async () => {
    stack = await startStack({ topology, shared: true });
    shop = await openShop(stack);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  it('under If-Match happens only to the version that was read', async () => {
    const { id } = await shop.product();
    const path = `/api/v1/products/${id}`;
    const etag = (await shop.call('GET', path)).headers.get('etag') ?? '';
    const first = await shop.call('PUT', path, { price: 31 }, { headers: { 'if-match': etag } });
    expect([first.status, (first.body as { data: { price: number } }).data.price]).toEqual([200, 31]);
    const second = await shop.call('PUT', path, { price: 32 }, { headers: { 'if-match': etag } });
    expect([second.status, codeOf(second.body)]).toEqual([412, 'PRECONDITION_FAILED']);
    expect((await shop.call('DELETE', path, undefined, { headers: { 'if-match': etag } })).status).toBe(412);
    expect((await shop.call('PUT', path, { price: 33 }, { headers: { 'if-match': '*' } })).status).toBe(200);
    expect((await shop.call('PUT', path, { price: 34 }, { headers: { 'if-match': 'nonsense' } })).status).toBe(400);
    expect((await shop.call('PUT', path, { price: 35 }, { headers: { 'if-match': '"other"' } })).status).toBe(412);
  });

  it('answers with the ETag that the next read has', async () => {
    const { id } = await shop.product();
    const changed = await shop.call('PUT', `/api/v1/products/${id}`, { name: 'Red mug' });
    const read = await shop.call('GET', `/api/v1/products/${id}`, undefined, {
      headers: { 'if-none-match': changed.headers.get('etag') ?? '' },
    });
    expect(read.status).toBe(304);
  });

  it('changes what is named and keeps the rest; null clears', async () => {
    const { id } = await shop.customer({ phone: '+1 555 0100', address: { street: '1 A St', city: 'Boston', zip: '02101' } });
    const path = `/api/v1/customers/${id}`;
    expect(await shop.data(200, 'PUT', path, { phone: null })).toMatchObject({
      name: 'Ada Lovelace',
      phone: null,
      address: { zip: '02101', country: null },
    });
    const empty = await shop.call('PUT', path, {});
    expect([empty.status, codeOf(empty.body)]).toEqual([400, 'VALIDATION_ERROR']);
    const wrong = await shop.call('PUT', path, { address: { street: '1 A St', city: 'Boston', zip: 'x' } });
    expect((wrong.body as { error: { details: object } }).error.details).toHaveProperty('address.zip');
  });

  it('erases a customer for good, and leaves the orders without the person', async () => {
    const { id: productId } = await shop.stocked(3);
    const { id: customerId } = await shop.customer();
    const { id } = await shop.order([{ productId, quantity: 1 }], {
      customerId,
      shippingAddress: { street: '9 Secret Rd', city: 'Hide' },
      notes: 'for Ada',
    });
    const before = await shop.data<{ customer: object; orders: { id: string }[] }>(200, 'GET', `/api/v1/customers/${customerId}/export`);
    expect(before).toMatchObject({
      customer: { name: 'Ada Lovelace' },
      orders: [{ id, shippingAddress: { street: '9 Secret Rd' }, payments: [] }],
    });
    expect((await shop.call('DELETE', `/api/v1/customers/${customerId}`)).status).toBe(204);
    expect(await shop.data(200, 'GET', `/api/v1/customers/${customerId}`)).toMatchObject({ status: 'erased', name: null, email: null });
    expect(await shop.data(200, 'GET', `/api/v1/orders/${id}`)).toMatchObject({ total: 29.99, shippingAddress: null, notes: null });
    const order = await shop.call('POST', '/api/v1/orders', { customerId, items: [{ productId, quantity: 1 }] });
    expect(codeOf(order.body)).toBe('INVALID_CUSTOMER');
  });

  it('keeps a deleted product readable in the orders that contain it', async () => {
    const { id: productId } = await shop.stocked(3, { name: 'Last mug' });
    const { id } = await shop.order([{ productId, quantity: 1 }]);
    expect((await shop.call('DELETE', `/api/v1/products/${productId}`)).status).toBe(204);
    expect((await shop.call('GET', `/api/v1/products/${productId}`)).status).toBe(404);
    expect(await shop.data(200, 'GET', `/api/v1/orders/${id}?fields=items.product.name`)).toEqual({
      items: [{ product: { name: 'Last mug' } }],
    });
  });

  it("finds a product's stock by its new SKU, and by the old one no more", async () => {
    const { id, sku } = await shop.stocked(3);
    const path = `/api/v1/inventory/${sku}`;
    expect(await shop.data(200, 'GET', path)).toMatchObject({ sku, productId: id });
    expect(await shop.data(200, 'PUT', `/api/v1/products/${id}`, { sku: `${sku}-B` })).toMatchObject({ sku: `${sku}-B` });
    expect(await shop.data(200, 'GET', `${path}-B`)).toMatchObject({ sku: `${sku}-B`, productId: id, quantity: 3 });
    expect((await shop.call('GET', path)).status).toBe(404);
    // The old one is free for another product, and its stock.
    const other = await shop.stocked(7, { sku, name: 'Red mug' });
    expect(await shop.data(200, 'GET', path)).toMatchObject({ productId: other.id, quantity: 7 });
  });

  it('lets two products exchange their SKUs over a third one, and their stock with them', async () => {
    const [one, two] = [await shop.stocked(1), await shop.stocked(2)];
    const rename = (id: string, sku: string) => shop.data(200, 'PUT', `/api/v1/products/${id}`, { sku });
    await rename(one.id, `${one.sku}-C`);
    await rename(two.id, one.sku);
    await rename(one.id, two.sku);
    expect(await shop.data(200, 'GET', `/api/v1/inventory/${one.sku}`)).toMatchObject({ productId: two.id, quantity: 2 });
    expect(await shop.data(200, 'GET', `/api/v1/inventory/${two.sku}`)).toMatchObject({ productId: one.id, quantity: 1 });
    expect((await shop.call('GET', `/api/v1/inventory/${one.sku}-C`)).status).toBe(404);
  });

  it('reserves and releases by hand', async () => {
    const { sku } = await shop.stocked(5);
    const held = await shop.data<{ id: string }>(200, 'PATCH', `/api/v1/inventory/${sku}/reserve`, { quantity: 4, reference: 'PO-1' });
    expect(held).toMatchObject({ quantity: 4, status: 'held', reference: 'PO-1', item: { available: 1 } });
    const more = await shop.call('PATCH', `/api/v1/inventory/${sku}/reserve`, { quantity: 2 });
    expect([more.status, codeOf(more.body)]).toEqual([409, 'INSUFFICIENT_INVENTORY']);
    expect(await shop.data(200, 'PATCH', `/api/v1/inventory/${sku}/release`, { reservationId: held.id })).toMatchObject({
      quantity: 0,
      status: 'released',
      item: { available: 5 },
    });
  });

  it('finds things of every kind by one search', async () => {
    const { id: productId } = await shop.stocked(3, { name: 'Xylophone' });
    await shop.customer({ name: 'Xaver Xylophone' });
    const { id } = await shop.order([{ productId, quantity: 1 }]);
    expect(await shop.data(200, 'GET', '/api/v1/search?q=xylophone')).toMatchObject({
      products: { total: 1, items: [{ id: productId, name: 'Xylophone', price: 29.99 }] },
      customers: { total: 1 },
      orders: { total: 1, items: [{ id }] },
    });
    expect(Object.keys(await shop.data(200, 'GET', '/api/v1/search?q=xylophone&types=orders&limit=1'))).toEqual(['orders']);
    expect((await shop.call('GET', '/api/v1/search')).status).toBe(400);
  });
});
