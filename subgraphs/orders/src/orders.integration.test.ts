import type { Caller } from '@portico/contracts/caller';
import { AppError } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import type { GraphClient } from '@portico/service-kit/graph';
import { onStatement } from '@portico/service-kit/sql/statement-log';
import type { Subgraph } from '@portico/service-kit/subgraph/start-subgraph';
import {
  askSubgraph,
  createTestDatabase,
  silentLogger,
  TEST_BLIND_INDEX_KEY,
  TEST_SECRET_KEYS,
  testCaller,
} from '@portico/service-kit/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { start } from './server.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let orders: Subgraph;
let clock = new Date();

// Stands for the rest of the graph: a catalogue, customers, and an inventory that counts and can fail before or after it did its work.
type Stock = { left: number; holds: Map<string, number>; released: Set<string>; committed: Set<string> };
const customers = new Map<string, string>();
const products = new Map<string, { id: string; sku: string; name: string; price: number; currency: string; status: string }>();
let stock: Stock;
let payments: { status: string }[] = [];
let fail: { operation: string; when: 'before' | 'after' } | undefined;

const graph: GraphClient = {
  async execute<Data>(document: string, variables: Readonly<Record<string, unknown>>) {
    const operation = /(?:query|mutation) (\w+)/.exec(document)?.[1] ?? '';
    if (fail?.operation === operation && fail.when === 'before') throw new AppError('UPSTREAM_TIMEOUT');
    const answer = answers[operation]?.(variables);
    if (fail?.operation === operation && fail.when === 'after') throw new AppError('UPSTREAM_TIMEOUT');
    return answer as Data;
  },
};
const answers: Readonly<Record<string, (variables: Readonly<Record<string, unknown>>) => unknown>> = {
  PriceOrder: ({ customerId, ids }) => ({
    customer: customers.has(String(customerId)) ? { id: customerId, status: customers.get(String(customerId)) } : null,
    products: { items: (ids as string[]).flatMap((id) => products.get(id) ?? []) },
  }),
  ReserveStock({ orderId, lines }) {
    const id = String(orderId);
    if (stock.released.has(id)) throw new AppError('INVALID_STATE');
    const wanted = (lines as { quantity: number }[]).reduce((sum, { quantity }) => sum + quantity, 0);
    if (stock.holds.has(id)) return {};
    if (wanted > stock.left) throw new AppError('INSUFFICIENT_INVENTORY', 'short', { details: { 'items[0]': 'short' } });
    stock.left -= wanted;
    stock.holds.set(id, wanted);
    return {};
  },
  ReleaseStock({ orderId }) {
    const id = String(orderId);
    stock.left += stock.holds.get(id) ?? 0;
    stock.holds.delete(id);
    stock.released.add(id);
  },
  CommitStock({ orderId }) {
    stock.holds.delete(String(orderId));
    stock.committed.add(String(orderId));
  },
  OrderPayments: () => ({ order: { payments } }),
};

beforeAll(async () => {
  database = await createTestDatabase();
  orders = await start(
    { databaseUrl: database.url, poolMax: 20, secretKeys: TEST_SECRET_KEYS, blindIndexKey: TEST_BLIND_INDEX_KEY },
    { graph, logger: silentLogger, now: () => clock },
  );
});
afterAll(async () => {
  await orders?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  fail = undefined;
  await settleEverything();
  stock = { left: 1_000, holds: new Map(), released: new Set(), committed: new Set() };
  payments = [];
});

type Order = {
  id: string;
  status: string;
  total: number;
  version: number;
  items: { id: string; productId: string; quantity: number; total: number }[];
};
type Answer = {
  order: Order | null;
  orders: { items: Order[]; total: number };
  placeOrder: Order;
  updateOrder: Order;
  changeOrderStatus: Order;
  cancelOrder: Order;
};
const ask = (caller: Caller, source: string, variables: Record<string, unknown> = {}): Promise<Answer> =>
  askSubgraph<Answer>(orders, caller, source, variables);

const FIELDS =
  '{ id customerId status total currency version cancelReason notes shippingAddress { street city } items { id productId sku name quantity unitPrice total currency } }';
const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) ${FIELDS} }`;
const ONE = `query ($id: ID!) { order(id: $id) ${FIELDS} }`;
const MOVE = `mutation ($id: ID!, $status: OrderStatus!, $v: Int) { changeOrderStatus(id: $id, status: $status, expectedVersion: $v) ${FIELDS} }`;
const CANCEL = `mutation ($id: ID!, $reason: String) { cancelOrder(id: $id, reason: $reason) ${FIELDS} }`;
const UPDATE = `mutation ($id: ID!, $input: UpdateOrderInput!) { updateOrder(id: $id, input: $input) ${FIELDS} }`;

function product(price = 1250, currency = 'USD', status = 'active'): string {
  const id = newId('product');
  products.set(id, { id, sku: `SKU-${id.slice(-4)}`, name: 'Blue mug', price, currency, status });
  return id;
}
function customer(status = 'active'): string {
  const id = newId('customer');
  customers.set(id, status);
  return id;
}
const orderOf = (quantity = 2) => ({
  customerId: customer(),
  items: [{ productId: product(), quantity }],
  shippingAddress: { street: '123 Main St', city: 'New York', state: 'NY', postalCode: '10001' },
  notes: 'Leave at the door',
});
const place = async (caller: Caller, quantity?: number): Promise<Order> =>
  (await ask(caller, PLACE, { input: orderOf(quantity) })).placeOrder;
const eventsOf = (id: string) =>
  orders.database.run('select type, payload from orders.outbox where aggregate_id = $1 order by position', [id]);
const tasksOf = (id: string) => orders.database.run('select action from orders.stock_task where id = $1', [id]);
async function settleEverything(): Promise<void> {
  laterThanLease();
  while ((await orders.runTask('settle-left-stock')) > 0);
}
const laterThanLease = (): void => {
  clock = new Date(clock.getTime() + 31_000);
};

describe('placing an order', () => {
  it('writes the order at catalogue prices with one event, for its own tenant', async () => {
    const caller = testCaller();
    const order = await place(caller, 3);
    expect(order).toMatchObject({ status: 'pending', total: 3750, version: 1, items: [{ quantity: 3, total: 3750 }] });
    expect((await ask(caller, ONE, { id: order.id })).order).toEqual(order);
    expect((await ask(testCaller(), ONE, { id: order.id })).order).toBeNull();
    expect(await eventsOf(order.id)).toEqual([{ type: 'order.created', payload: expect.objectContaining({ id: order.id, total: 3750 }) }]);
    expect(stock.holds.get(order.id)).toBe(3);
    expect(await tasksOf(order.id)).toEqual([]);
  });

  it.each([
    ['a customer that is not there', () => ({ ...orderOf(), customerId: newId('customer') }), 'INVALID_CUSTOMER', 'customerId'],
    ['a customer id of the wrong shape', () => ({ ...orderOf(), customerId: 'cust_1' }), 'INVALID_CUSTOMER', 'customerId'],
    ['an erased customer', () => ({ ...orderOf(), customerId: customer('erased') }), 'INVALID_CUSTOMER', 'customerId'],
    [
      'an unknown product',
      () => ({ ...orderOf(), items: [{ productId: newId('product'), quantity: 1 }] }),
      'VALIDATION_ERROR',
      'items[0].productId',
    ],
    [
      'a draft product',
      () => ({ ...orderOf(), items: [{ productId: product(1, 'USD', 'draft'), quantity: 1 }] }),
      'VALIDATION_ERROR',
      'items[0].productId',
    ],
    [
      'another price',
      () => ({ ...orderOf(), items: [{ productId: product(2999), quantity: 1, price: 29.98 }] }),
      'VALIDATION_ERROR',
      'items[0].price',
    ],
    ['no pieces', () => ({ ...orderOf(), items: [{ productId: product(), quantity: 0 }] }), 'VALIDATION_ERROR', 'items[0].quantity'],
    [
      'too many pieces',
      () => ({ ...orderOf(), items: [{ productId: product(), quantity: 1000 }] }),
      'VALIDATION_ERROR',
      'items[0].quantity',
    ],
    ['no items', () => ({ ...orderOf(), items: [] }), 'VALIDATION_ERROR', 'items'],
    [
      'two currencies',
      () => ({ ...orderOf(), items: [product(), product(100, 'JPY')].map((productId) => ({ productId, quantity: 1 })) }),
      'VALIDATION_ERROR',
      'items[1].productId',
    ],
  ])('refuses %s and reserves nothing', async (_, input, code, field) => {
    await expect(ask(testCaller(), PLACE, { input: input() })).rejects.toMatchObject({ code, details: { [field]: expect.any(String) } });
    expect(stock.left).toBe(1_000);
  });

  it('takes the price that the buyer saw when it is the right one', async () => {
    const input = { ...orderOf(), items: [{ productId: product(2999), quantity: 2, price: 29.99 }] };
    expect((await ask(testCaller(), PLACE, { input })).placeOrder.total).toBe(5998);
  });

  it('leaves nothing behind when the stock is short', async () => {
    stock.left = 1;
    const caller = testCaller();
    await expect(place(caller, 2)).rejects.toMatchObject({ code: 'INSUFFICIENT_INVENTORY' });
    expect(await orders.database.run('select id from orders.stock_task where account_id = $1', [caller.accountId])).toEqual([]);
    expect((await ask(caller, '{ orders(page: { number: 1, size: 1 }) { total } }')).orders.total).toBe(0);
  });

  it('makes one order of many tries with one idempotency seed', async () => {
    const caller = testCaller(['read', 'write'], { idempotencySeed: newId('request') });
    const input = orderOf();
    const tries = await Promise.all(Array.from({ length: 6 }, () => ask(caller, PLACE, { input }).catch((error) => ({ error }))));
    const placed = tries.flatMap((one) => ('placeOrder' in one ? [one.placeOrder.id] : []));
    expect(placed.length).toBeGreaterThan(0);
    expect(new Set(placed).size).toBe(1);
    expect((await ask(caller, PLACE, { input })).placeOrder.id).toBe(placed[0]);
    expect(await eventsOf(String(placed[0]))).toHaveLength(1);
    // Tries that crossed may have left rows; settling them must not touch the stock of an order that stands.
    await settleEverything();
    expect(stock.left).toBe(998);
  });

  it('answers a later try with the order that stands, though its price has changed meanwhile', async () => {
    const caller = testCaller(['read', 'write'], { idempotencySeed: newId('request') });
    const input = orderOf();
    const { placeOrder } = await ask(caller, PLACE, { input: { ...input, items: [{ ...input.items[0], price: '12.50' }] } });
    for (const { productId } of input.items) products.delete(productId);
    expect((await ask(caller, PLACE, { input })).placeOrder).toMatchObject({ id: placeOrder.id, total: placeOrder.total });
  });
});

describe('a crash while an order is placed', () => {
  it.each(['before', 'after'] as const)(
    '%s the stock was reserved: the sweeper releases it, once, and the late try is refused',
    async (when) => {
      const caller = testCaller(['read', 'write'], { idempotencySeed: newId('request') });
      const id = newId('order', caller.idempotencySeed);
      const input = orderOf(5);
      fail = { operation: 'ReserveStock', when };
      await expect(ask(caller, PLACE, { input })).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
      fail = undefined;
      expect(await tasksOf(id)).toEqual([{ action: 'undecided' }]);
      expect(await orders.runTask('settle-left-stock')).toBe(0);
      laterThanLease();
      expect(await orders.runTask('settle-left-stock')).toBe(1);
      expect(await orders.runTask('settle-left-stock')).toBe(0);
      expect({ left: stock.left, tasks: await tasksOf(id) }).toEqual({ left: 1_000, tasks: [] });
      await expect(ask(caller, PLACE, { input })).rejects.toMatchObject({ code: 'CONFLICT' });
      expect((await ask(caller, ONE, { id })).order).toBeNull();
    },
  );

  it('is finished by the next try of the same request while its time is not up', async () => {
    const caller = testCaller(['read', 'write'], { idempotencySeed: newId('request') });
    const input = orderOf(5);
    fail = { operation: 'ReserveStock', when: 'after' };
    await expect(ask(caller, PLACE, { input })).rejects.toBeDefined();
    fail = undefined;
    const { placeOrder } = await ask(caller, PLACE, { input });
    expect(placeOrder.status).toBe('pending');
    laterThanLease();
    expect(await orders.runTask('settle-left-stock')).toBe(0);
    expect(stock.left).toBe(995);
  });

  it('cannot complete an order that the sweeper has begun to undo', async () => {
    const caller = testCaller(['read', 'write'], { idempotencySeed: newId('request') });
    const id = newId('order', caller.idempotencySeed);
    const sweepDuringReserve: GraphClient['execute'] = graph.execute;
    graph.execute = async <Data>(document: string, variables: Readonly<Record<string, unknown>>, asking: Caller): Promise<Data> => {
      const answer = await sweepDuringReserve<Data>(document, variables, asking);
      if (document.includes('ReserveStock')) {
        laterThanLease();
        await orders.runTask('settle-left-stock');
      }
      return answer;
    };
    await expect(ask(caller, PLACE, { input: orderOf(5) })).rejects.toMatchObject({ code: 'CONFLICT' });
    graph.execute = sweepDuringReserve;
    expect((await ask(caller, ONE, { id })).order).toBeNull();
    expect(stock.left).toBe(1_000);
  });
});

describe('the life of an order', () => {
  it('goes step by step, says each step once, and commits the stock when it is shipped', async () => {
    const caller = testCaller();
    const { id } = await place(caller);
    for (const status of ['confirmed', 'processing', 'shipped', 'delivered']) await ask(caller, MOVE, { id, status });
    expect((await ask(caller, ONE, { id })).order).toMatchObject({ status: 'delivered', version: 5 });
    const moves = (await eventsOf(id)).map(({ type, payload }) => [type, (payload as { previousStatus?: string }).previousStatus]);
    expect(moves).toEqual([
      ['order.created', undefined],
      ['order.updated', 'pending'],
      ['order.updated', 'confirmed'],
      ['order.updated', 'processing'],
      ['order.updated', 'shipped'],
    ]);
    expect(stock.committed.has(id)).toBe(true);
    expect(await tasksOf(id)).toEqual([]);
  });

  it('refuses an illegal move and lists the legal ones', async () => {
    const caller = testCaller();
    const { id } = await place(caller);
    await expect(ask(caller, MOVE, { id, status: 'shipped' })).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringContaining('confirmed or cancelled'),
      details: { status: 'pending', allowed: ['confirmed', 'cancelled'] },
    });
    await expect(ask(caller, MOVE, { id, status: 'confirmed', v: 7 })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    await expect(ask(testCaller(), MOVE, { id, status: 'confirmed' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('releases the stock of a cancelled order, at once or after a failure, and says it once', async () => {
    const caller = testCaller();
    const { id } = await place(caller, 4);
    fail = { operation: 'ReleaseStock', when: 'before' };
    expect((await ask(caller, CANCEL, { id, reason: 'Changed my mind' })).cancelOrder).toMatchObject({
      status: 'cancelled',
      cancelReason: 'Changed my mind',
    });
    expect((await ask(caller, CANCEL, { id })).cancelOrder).toMatchObject({ status: 'cancelled', cancelReason: 'Changed my mind' });
    fail = undefined;
    laterThanLease();
    expect(await orders.runTask('settle-left-stock')).toBe(1);
    expect(stock.left).toBe(1_000);
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['order.created', 'order.cancelled']);
  });

  it('is not held up by a row that a second try of the placement left behind', async () => {
    const caller = testCaller();
    const { id } = await place(caller, 4);
    await orders.database.run(
      `insert into orders.stock_task (id, account_id, mode, action, request_id, locked_until) values ($1, $2, $3, 'undecided', 'req', $4)`,
      [id, caller.accountId, caller.mode, clock],
    );
    expect((await ask(caller, CANCEL, { id })).cancelOrder.status).toBe('cancelled');
    expect({ left: stock.left, tasks: await tasksOf(id) }).toEqual({ left: 1_000, tasks: [] });
  });

  it('refunds only what was paid', async () => {
    const caller = testCaller();
    const { id } = await place(caller);
    await ask(caller, MOVE, { id, status: 'confirmed' });
    await expect(ask(caller, MOVE, { id, status: 'refunded' })).rejects.toMatchObject({ code: 'INVALID_STATE' });
    payments = [{ status: 'succeeded' }];
    expect((await ask(caller, MOVE, { id, status: 'refunded' })).changeOrderStatus.status).toBe('refunded');
    expect(stock.released.has(id)).toBe(true);
  });

  it('keeps the address of a shipped order as it is', async () => {
    const caller = testCaller();
    const { id } = await place(caller);
    const shippingAddress = { street: '1 New Rd', city: 'Boston', postalCode: '02101' };
    expect((await ask(caller, UPDATE, { id, input: { shippingAddress } })).updateOrder).toMatchObject({
      shippingAddress: { street: '1 New Rd' },
      notes: 'Leave at the door',
    });
    for (const status of ['confirmed', 'processing', 'shipped']) await ask(caller, MOVE, { id, status });
    await expect(ask(caller, UPDATE, { id, input: { shippingAddress } })).rejects.toMatchObject({ code: 'INVALID_STATE' });
    expect((await ask(caller, UPDATE, { id, input: { notes: null } })).updateOrder).toMatchObject({ notes: null });
  });
});

describe('reading orders', () => {
  it('is one statement with the lines inside, and no column that was not asked for', async () => {
    const caller = testCaller();
    await place(caller);
    const statements: string[] = [];
    using _ = onStatement(({ text }) => statements.push(text));
    await ask(caller, '{ orders(page: { number: 1, size: 20 }) { items { id } } }');
    await ask(caller, '{ orders(page: { number: 1, size: 20 }) { items { items { productId } } } }');
    expect(statements).toHaveLength(2);
    expect(statements[0]).toMatch(/^select t\.id as "id" from orders\.order t where/);
    expect(statements[1]).toContain(`json_build_object('productId', l.product_id)`);
  });

  it('filters by product, total and words, and pages the orders of a customer', async () => {
    const caller = testCaller();
    const input = orderOf(2);
    const { id } = (await ask(caller, PLACE, { input })).placeOrder;
    await place(caller, 9);
    const list = 'query ($filter: OrderFilter) { orders(filter: $filter, page: { number: 1, size: 20 }) { items { id } total } }';
    const found = async (filter: object): Promise<string[]> => (await ask(caller, list, { filter })).orders.items.map((order) => order.id);
    expect(await found({ productId: [input.items[0]?.productId] })).toEqual([id]);
    expect(await found({ totalMax: 25 })).toEqual([id]);
    expect(await found({ customerId: [input.customerId] })).toEqual([id]);
    expect((await found({ q: 'blue MUG' })).length).toBe(2);
    const { _entities } = await askSubgraph<{ _entities: [{ orders: { items: { id: string }[] } }] }>(
      orders,
      caller,
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { orders(page: { size: 5 }) { items { id } nextCursor } } } }',
      { r: [{ __typename: 'Customer', id: input.customerId }] },
    );
    expect(_entities[0].orders).toEqual({ items: [{ id }], nextCursor: null });
  });

  it('keeps addresses sealed, and forgets them for an erased customer', async () => {
    const caller = testCaller();
    const input = orderOf();
    const { id } = (await ask(caller, PLACE, { input })).placeOrder;
    const rows = await orders.database.run('/* all tenants: canary */ select to_jsonb(o) as o from orders.order o', []);
    expect(JSON.stringify(rows)).not.toContain('Main St');
    const forget = 'mutation ($id: ID!) { anonymizeOrders(customerId: $id) }';
    expect(await askSubgraph(orders, testCaller(), forget, { id: input.customerId })).toEqual({ anonymizeOrders: 0 });
    expect(await askSubgraph(orders, caller, forget, { id: input.customerId })).toEqual({ anonymizeOrders: 1 });
    expect((await ask(caller, ONE, { id })).order).toMatchObject({ shippingAddress: null, notes: null, version: 2, total: 2500 });
  });

  it('moves addresses to the newest key, past a row that does not open', async () => {
    const caller = testCaller();
    const { id } = await place(caller);
    const { id: altered } = await place(caller);
    const sealedOf = async (one: string) =>
      String(
        (
          await orders.database.run('select shipping_address_sealed as s from orders.order where id = $1 and account_id = $2', [
            one,
            caller.accountId,
          ])
        )[0]?.s,
      );
    await orders.database.run(`update orders.order set shipping_address_sealed = '1.AAAA' where id = $1 and account_id = $2`, [
      altered,
      caller.accountId,
    ]);
    const ring = `${TEST_SECRET_KEYS},2:${Buffer.alloc(32, 9).toString('base64')}`;
    await using rotated = await start(
      { databaseUrl: database.url, poolMax: 4, secretKeys: ring, blindIndexKey: TEST_BLIND_INDEX_KEY },
      { graph, logger: silentLogger, now: () => clock },
    );
    await expect.poll(() => rotated.runTask('reseal')).toBe(0);
    expect(await sealedOf(id)).toMatch(/^2\./);
    expect(await sealedOf(altered)).toBe('1.AAAA');
    expect((await askSubgraph<Answer>(rotated, caller, ONE, { id })).order).toMatchObject({ shippingAddress: { city: 'New York' } });
  });
});
