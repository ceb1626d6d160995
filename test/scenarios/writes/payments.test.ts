// Money: an order is paid once, for exactly what it costs in its currency, whatever the provider does.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Reply, signingTimes } from '../../stack/send.ts';
import { openShop, type Shop } from '../../stack/shop.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

type Payment = {
  id: string;
  orderId: string;
  amount: number;
  currency: string;
  status: string;
  failureReason: string | null;
  reference: string;
  provider: string;
};
type Failure = { error: { code: string; details: Record<string, unknown>; message: string } };

describe.each(TOPOLOGIES)('paying an order, %s', (topology) => {
  let stack: Stack;
  let shop: Shop;
  beforeAll(async () => {
    stack = await startStack({ topology });
    shop = await openShop(stack);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  async function order(price = 29.99, currency = 'USD'): Promise<string> {
    const { id: productId } = await shop.stocked(10, { price, currency });
    return (await shop.order([{ productId, quantity: 2 }])).id;
  }
  const nextTime = signingTimes();
  const pay = (orderId: string, body: object): Promise<Reply> =>
    shop.call('POST', `/api/v1/orders/${orderId}/payments`, body, { nowMs: nextTime() });
  const read = (id: string): Promise<Payment> => shop.data(200, 'GET', `/api/v1/payments/${id}`);

  it.each([
    ['USD', 29.99, 59.98, 5_998],
    ['JPY', 1_250, 2_500, 2_500],
    ['KWD', 1.005, 2.01, 2_010],
  ])('charges in %s exactly what the order costs', async (currency, price, amount, minor) => {
    const orderId = await order(price, currency);
    const reply = await pay(orderId, { paymentMethod: 'tok_visa' });
    expect({ status: reply.status, text: reply.text }).toEqual({ status: 201, text: expect.anything() });
    const { data } = reply.body as { data: Payment };
    expect(data).toMatchObject({ orderId, amount, currency, status: 'succeeded', provider: 'sandbox', failureReason: null });
    expect(reply.headers.get('location')).toBe(`/api/v1/payments/${data.id}`);
    expect(await read(data.id)).toEqual(data);
    expect(stack.sandbox.chargesOf(orderId)).toMatchObject([{ id: data.reference, amount: minor, currency, status: 'succeeded' }]);
    const again = await pay(orderId, { paymentMethod: 'tok_visa' });
    expect([again.status, (again.body as Failure).error.code]).toEqual([409, 'INVALID_STATE']);
  });

  it('takes parts, and no more than is due', async () => {
    const orderId = await order(10.5, 'USD');
    expect((await pay(orderId, { paymentMethod: 'tok_visa', amount: 20 })).status).toBe(201);
    const tooMuch = await pay(orderId, { paymentMethod: 'tok_visa', amount: 1.01 });
    expect([tooMuch.status, (tooMuch.body as Failure).error.details.amount]).toEqual([400, 'At most 1 USD are due.']);
    expect((await pay(orderId, { paymentMethod: 'tok_visa', amount: 0.001 })).status).toBe(400);
    expect((await pay(orderId, { paymentMethod: 'tok_visa' })).body).toMatchObject({ data: { amount: 1 } });
    expect(stack.sandbox.chargesOf(orderId).map(({ amount }) => amount)).toEqual([2_000, 100]);
  });

  it('confirms a pending order when the last of it is paid, at once or when the provider has decided, and no sooner', async () => {
    const statusOf = async (id: string): Promise<string> =>
      (await shop.data<{ status: string }>(200, 'GET', `/api/v1/orders/${id}`)).status;
    const orderId = await order(10.5, 'USD');
    expect((await pay(orderId, { paymentMethod: 'tok_visa', amount: 20.99 })).status).toBe(201);
    expect(await statusOf(orderId)).toBe('pending');
    expect((await pay(orderId, { paymentMethod: 'tok_visa' })).status).toBe(201);
    expect(await statusOf(orderId)).toBe('confirmed');
    const later = await order();
    expect((await pay(later, { paymentMethod: 'tok_pending' })).body).toMatchObject({ data: { status: 'pending' } });
    const looks: unknown[] = [];
    const look = async (): Promise<unknown> => {
      const status = await statusOf(later);
      looks.push([status, stack.sandbox.chargesOf(later)[0]?.status]);
      return looks.at(-1);
    };
    await expect.poll(look, { interval: 20 }).toEqual(['confirmed', 'succeeded']);
    expect(looks).not.toContainEqual(['confirmed', 'pending']);
  });

  it('answers 402 with the reason of a decline, and lets another card pay', async () => {
    const orderId = await order();
    const declined = await pay(orderId, { paymentMethod: 'tok_insufficient_funds' });
    expect(declined.status).toBe(402);
    const { error } = declined.body as Failure;
    expect(error).toMatchObject({ code: 'PAYMENT_FAILED', details: { paymentMethod: expect.stringContaining('insufficient_funds') } });
    expect(await read(String(error.details.paymentId))).toMatchObject({ status: 'failed', amount: 59.98 });
    expect((await pay(orderId, { paymentMethod: 'tok_visa' })).status).toBe(201);
    const payments = await shop.data<Payment[]>(200, 'GET', `/api/v1/orders/${orderId}/payments`);
    expect(payments.map(({ status }) => status)).toEqual(['succeeded', 'failed']);
  });

  it('makes one charge of fifty requests side by side', async () => {
    const orderId = await order();
    const replies = await Promise.all(Array.from({ length: 50 }, () => pay(orderId, { paymentMethod: 'tok_visa' })));
    const statuses = Map.groupBy(replies, ({ status }) => status);
    expect(statuses.get(201)).toHaveLength(1);
    expect(statuses.get(409)).toHaveLength(49);
    expect(stack.sandbox.chargesOf(orderId)).toHaveLength(1);
  });

  it('answers a repeated request with the first payment, also when its answer was lost on the way', async () => {
    const orderId = await order();
    const headers = { 'idempotency-key': `pay-${orderId}` };
    const send = () => shop.call('POST', `/api/v1/orders/${orderId}/payments`, { paymentMethod: 'tok_unknown_outcome' }, { headers });
    const [first, again] = [await send(), await send()];
    expect([first.status, again.status]).toEqual([201, 200]);
    expect((again.body as { data: Payment }).data).toEqual((first.body as { data: Payment }).data);
    expect(stack.sandbox.chargesOf(orderId)).toHaveLength(1);
  });

  it('settles by itself what the provider decides later, told by its callback', async () => {
    for (const [paymentMethod, status] of [
      ['tok_pending', 'succeeded'],
      ['tok_pending_declined', 'failed'],
    ] as const) {
      const orderId = await order();
      const reply = await pay(orderId, { paymentMethod });
      const { data } = reply.body as { data: Payment };
      expect([reply.status, data.status]).toEqual([201, 'pending']);
      await expect.poll(async () => (await read(data.id)).status).toBe(status);
    }
  });

  it('cancels an order whose charge the provider declines after it was placed, and takes no other card for it', async () => {
    const { id: productId } = await shop.stocked(10, { price: 10, currency: 'USD' });
    const { id, status } = await shop.order([{ productId, quantity: 2 }], { paymentMethod: 'tok_pending_declined' });
    expect(status).toBe('pending');
    const statusNow = async () => (await shop.data<{ status: string }>(200, 'GET', `/api/v1/orders/${id}`)).status;
    await expect.poll(statusNow, { timeout: 60_000 }).toBe('cancelled');
    expect((await pay(id, { paymentMethod: 'tok_visa' })).status).toBe(409);
    expect(stack.sandbox.chargesOf(id)).toMatchObject([{ status: 'failed', refunded: 0 }]);
  });

  it('takes no payment for a cancelled order, for one of another account, or for none', async () => {
    const orderId = await order();
    await shop.data(200, 'DELETE', `/api/v1/orders/${orderId}`);
    expect((await pay(orderId, { paymentMethod: 'tok_visa' })).status).toBe(409);
    const stranger = await openShop(stack);
    const foreign = await order();
    expect((await stranger.call('POST', `/api/v1/orders/${foreign}/payments`, { paymentMethod: 'tok_visa' })).status).toBe(404);
    expect((await pay('order_nothing', { paymentMethod: 'tok_visa' })).status).toBe(404);
    expect(stack.sandbox.chargesOf(foreign)).toEqual([]);
  });

  it('refuses callbacks that the provider did not sign, and takes a signed one any number of times', async () => {
    const url = `${stack.url}/api/v1/payments/callbacks/sandbox`;
    const body = JSON.stringify({ id: 'cb_x', type: 'charge.succeeded', data: { idempotencyKey: 'pay_of_nobody' } });
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const mac = createHmac('sha256', stack.sandbox.config.SANDBOX_CALLBACK_SECRET).update(`cb_x.${timestamp}.${body}`).digest('base64');
    const signed = {
      'content-type': 'application/json',
      'webhook-id': 'cb_x',
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${mac}`,
    };
    const post = async (to: string, headers: Record<string, string>, text = body): Promise<number> =>
      (await fetch(to, { method: 'POST', headers, body: text })).status;
    expect(await post(url, signed)).toBe(204);
    expect(await post(url, signed)).toBe(204);
    expect(await post(url, { 'content-type': 'application/json' })).toBe(401);
    expect(await post(url, signed, `${body} `)).toBe(401);
    expect(await post(url.replace('sandbox', 'nobody'), signed)).toBe(404);
    expect(await post(url, signed, `"${'x'.repeat(65_536)}"`)).toBe(413);
  });
});
