import { connect } from 'node:net';
import { signRequest } from '@portico/mesh/access/sign-request';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Key } from '../../stack/credentials.ts';
import { type Reply, send, signingTimes } from '../../stack/send.ts';
import { openShop, type Shop } from '../../stack/shop.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

type Failure = { error: { code: string; details: Record<string, unknown> } };

const ACCOUNT = 'idempotent-shop';
const HANG_UPS = 12;

describe.each(TOPOLOGIES)('an idempotency key, %s', (topology) => {
  let stack: Stack;
  let shop: Shop;
  let body: { customerId: string; items: { productId: string; quantity: number }[] };
  beforeAll(async () => {
    stack = await startStack({ topology, shared: true });
    shop = await openShop(stack, { account: ACCOUNT, mode: 'test' });
    body = { customerId: (await shop.customer()).id, items: [{ productId: (await shop.stocked(1_000)).id, quantity: 1 }] };
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  /** A second later each time, as a client signs that tries again. */
  const nextTime = signingTimes();
  const order = (key: string, change: object = {}, name = 'idempotency-key'): Promise<Reply> =>
    shop.call('POST', '/api/v1/orders', { ...body, ...change }, { headers: { [name]: key }, nowMs: nextTime() });
  const idOf = ({ body: answered }: Reply): string => (answered as { data: { id: string } }).data.id;
  const totalOf = async (): Promise<number> =>
    ((await shop.call('GET', `/api/v1/orders?productId=${body.items[0]?.productId}&perPage=1`)).body as { pagination: { total: number } })
      .pagination.total;

  it('gives the second request the first answer, as 200, under its own request id', async () => {
    const first = await order('a');
    const second = await order('a', {}, 'x-idempotency-key');
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    const { data, meta } = second.body as { data: object; meta: { requestId: string } };
    expect(data).toEqual((first.body as { data: object }).data);
    expect(meta.requestId).toBe(second.headers.get('x-request-id'));
    expect(meta.requestId).not.toBe(first.headers.get('x-request-id'));
  });

  it('gives a refusal again as it was, whatever names the request had', async () => {
    const refuse = (): Promise<Reply> => order('named', { requestId: 'mine' });
    const [first, second] = [await refuse(), await refuse()];
    expect([second.status, second.headers.get('idempotent-replayed')]).toEqual([400, 'true']);
    const [was, is] = [first, second].map(({ body: answered }) => (answered as Failure).error);
    expect(is).toEqual({ ...was, requestId: second.headers.get('x-request-id') });
  });

  it('of another request is refused, naming the order that has it', async () => {
    const first = await order('b');
    const other = await order('b', { notes: 'another' });
    expect([other.status, (other.body as Failure).error]).toEqual([
      409,
      expect.objectContaining({ code: 'DUPLICATE_ORDER', details: { existingOrderId: idOf(first) } }),
    ]);
    const product = { sku: 'IDEM-1', name: 'x', price: 1, currency: 'USD' };
    await shop.call('POST', '/api/v1/products', product, { headers: { 'idempotency-key': 'p' } });
    const conflict = await shop.call('POST', '/api/v1/products', { ...product, price: 2 }, { headers: { 'idempotency-key': 'p' } });
    expect([conflict.status, (conflict.body as Failure).error.code]).toEqual([409, 'IDEMPOTENCY_CONFLICT']);
  });

  it('shows its answer to nobody who may not see all of it, and is not spent by who is refused', async () => {
    const target = '/api/v1/orders?fields=id,customer.name';
    const narrow = await stack.key({ account: ACCOUNT, scopes: ['orders:read', 'orders:write'] });
    const ask = (key: Key): Promise<Reply> =>
      send(stack, 'POST', target, { key, body, headers: { 'idempotency-key': 'scoped' }, nowMs: nextTime() });
    const refused = [await ask(narrow)];
    expect((await ask(shop.key)).status).toBe(201);
    refused.push(await ask(narrow));
    for (const { status, body: answered } of refused)
      expect([status, (answered as Failure).error]).toEqual([
        403,
        expect.objectContaining({ code: 'AUTHORIZATION_ERROR', details: { requiredScope: 'customers:read' } }),
      ]);
    expect((await ask(shop.key)).headers.get('idempotent-replayed')).toBe('true');
  });

  it('makes 50 racing requests one order', async () => {
    const before = await totalOf();
    const replies = await Promise.all(Array.from({ length: 50 }, () => order('race')));
    const statuses = Map.groupBy(replies, ({ status }) => status);
    expect(statuses.get(201)).toHaveLength(1);
    expect([...statuses.keys()].every((status) => [200, 201, 409].includes(status))).toBe(true);
    for (const reply of statuses.get(409) ?? [])
      expect([(reply.body as Failure).error.code, reply.headers.get('retry-after')]).toEqual(['CONFLICT', '1']);
    expect(await totalOf()).toBe(before + 1);
    const created = statuses.get(201)?.[0];
    expect(created === undefined ? undefined : idOf(await order('race'))).toBe(created === undefined ? undefined : idOf(created));
  });

  it('makes one order of it when whoever sent it hangs up at once, again and again', async () => {
    const before = await totalOf();
    const keys = Array.from({ length: HANG_UPS }, (_, i) => `gone-${i}`);
    await Promise.all(keys.map((key) => sendAndHangUp(stack.url, shop.key, body, key, nextTime())));
    for (const key of keys) await expect.poll(async () => (await order(key)).status).toBe(200);
    expect(await totalOf()).toBe(before + HANG_UPS);
  });

  it('lets the very same signed request through again, and changes nothing by it', async () => {
    const options = { headers: { 'idempotency-key': 'same' }, nowMs: Date.now() };
    const [first, second] = [
      await shop.call('POST', '/api/v1/orders', body, options),
      await shop.call('POST', '/api/v1/orders', body, options),
    ];
    expect([first.status, second.status, idOf(second)]).toEqual([201, 200, idOf(first)]);
  });

  it('keeps a refusal too, and is nobody else’s', async () => {
    const [first, second] = [await order('refused', { items: [] }), await order('refused', { items: [] })];
    expect([first.status, second.status, second.headers.get('idempotent-replayed')]).toEqual([400, 400, 'true']);
    const neighbour = await openShop(stack);
    const made = await neighbour.call(
      'POST',
      '/api/v1/products',
      { sku: 'N', name: 'n', price: 1, currency: 'USD' },
      { headers: { 'idempotency-key': 'a' } },
    );
    expect(made.status).toBe(201);
  });

  it.each([['two words'], ['x'.repeat(256)]])('that is malformed is refused: %j', async (key) => {
    const reply = await order(key);
    expect([reply.status, (reply.body as Failure).error.details]).toEqual([400, { 'Idempotency-Key': expect.any(String) }]);
  });
});

/** Every byte of a request, and then nobody who would read the answer. */
function sendAndHangUp(url: string, { key, secret }: Key, order: object, idempotencyKey: string, nowMs: number): Promise<void> {
  const body = JSON.stringify(order);
  const target = '/api/v1/orders';
  const headers = {
    ...signRequest({ method: 'POST', target, body, key, secret, scheme: 'v2', nowMs }),
    host: 'x',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'idempotency-key': idempotencyKey,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(`POST ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body}`, () => socket.destroy()),
    );
    socket.on('error', reject).on('close', () => resolve());
  });
}
