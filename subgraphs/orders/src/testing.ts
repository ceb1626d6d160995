// For the tests of this subgraph: orders on a database of their own, and a stand-in for the rest of the graph — a catalogue, customers,
// an inventory that counts, and payments that obey — whose calls can fail before or after they did their work.
import type { Caller } from '@portico/contracts/caller';
import { AppError } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import type { Row } from '@portico/service-kit/reads/reads';
import type { Subgraph } from '@portico/service-kit/subgraph/start-subgraph';
import { askSubgraph, createTestDatabase, silentLogger, testSettings } from '@portico/service-kit/testing';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { OrderPayment } from './saga/order-payments.ts';
import { start } from './server.ts';

export type Order = {
  id: string;
  status: string;
  total: number;
  version: number;
  items: { id: string; productId: string; quantity: number; total: number }[];
};
export type Answer = {
  order: Order | null;
  orders: { items: Order[]; total: number };
  placeOrder: Order;
  updateOrder: Order;
  changeOrderStatus: Order;
  cancelOrder: Order;
  confirmPaidOrder: boolean;
};

const FIELDS =
  '{ id customerId status total currency version cancelReason notes shippingAddress { street city } items { id productId sku name quantity unitPrice total currency } }';
export const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) ${FIELDS} }`;
export const ONE = `query ($id: ID!) { order(id: $id) ${FIELDS} }`;
export const MOVE = `mutation ($id: ID!, $status: OrderStatus!, $v: Int) { changeOrderStatus(id: $id, status: $status, expectedVersion: $v) ${FIELDS} }`;
export const CANCEL = `mutation ($id: ID!, $reason: String) { cancelOrder(id: $id, reason: $reason) ${FIELDS} }`;
export const UPDATE = `mutation ($id: ID!, $input: UpdateOrderInput!) { updateOrder(id: $id, input: $input) ${FIELDS} }`;

type Product = { id: string; sku: string; name: string; price: number; currency: string; status: string };
type Stock = { left: number; holds: Map<string, number>; released: Set<string>; committed: Set<string> };
/** What the payments were told, by order. `charges` counts money taken, refunds taken off again. */
type Money = { charges: Map<string, number>; voided: Set<string>; decline: string | undefined; undecided: boolean };

export type World = AsyncDisposable & {
  readonly orders: Subgraph;
  readonly databaseUrl: string;
  readonly graph: { execute: GraphClient['execute'] };
  readonly products: Map<string, Product>;
  readonly customers: Map<string, string>;
  stock: Stock;
  money: Money;
  payments: Partial<OrderPayment>[];
  fail: { operation: string; when: 'before' | 'after' } | undefined;
  clock: Date;
  /** Back to full stock, no payments and no failure; what earlier tests left due is settled first. */
  reset(): Promise<void>;
};

/** One world for all tests of a file, as it was in the beginning before each of them. */
export function withWorld(use: (world: World) => void): void {
  let world: World | undefined;
  beforeAll(async () => {
    world = await openWorld();
    use(world);
  });
  beforeEach(() => world?.reset());
  afterAll(() => world?.[Symbol.asyncDispose]());
}

async function openWorld(): Promise<World> {
  const database = await createTestDatabase();
  const customers = new Map<string, string>();
  const world: Omit<World, 'orders' | typeof Symbol.asyncDispose> = {
    databaseUrl: database.url,
    customers,
    products: new Map(),
    stock: fullStock(),
    money: noMoney(),
    payments: [],
    fail: undefined,
    clock: new Date(),
    graph: {
      async execute<Data>(document: string, variables: Readonly<Record<string, unknown>>) {
        const operation = /(?:query|mutation) (\w+)/.exec(document)?.[1] ?? '';
        const failing = world.fail?.operation === operation ? world.fail.when : undefined;
        if (failing === 'before') throw new AppError('UPSTREAM_TIMEOUT');
        const answer = answers(world, operation, variables);
        if (failing === 'after') throw new AppError('UPSTREAM_TIMEOUT');
        return answer as Data;
      },
    },
    async reset() {
      world.fail = undefined;
      await settleEverything(opened);
      Object.assign(world, { stock: fullStock(), money: noMoney(), payments: [] });
    },
  };
  const orders = await start(testSettings(database.url, 20), {
    graph: { execute: (...asked) => world.graph.execute(...asked) },
    logger: silentLogger,
    now: () => world.clock,
    tasks: 'by-hand',
  });
  const opened: World = Object.assign(world, {
    orders,
    async [Symbol.asyncDispose]() {
      await orders[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  });
  return opened;
}

function fullStock(): Stock {
  return { left: 1_000, holds: new Map(), released: new Set(), committed: new Set() };
}

function noMoney(): Money {
  return { charges: new Map(), voided: new Set(), decline: undefined, undecided: false };
}

function answers(
  { stock, money, payments, products, customers }: Pick<World, 'stock' | 'money' | 'payments' | 'products' | 'customers'>,
  operation: string,
  variables: Readonly<Record<string, unknown>>,
): unknown {
  const id = String(variables.orderId);
  switch (operation) {
    case 'PriceOrder': {
      const { customerId, ids } = variables as { customerId: string; ids: string[] };
      const status = customers.get(customerId);
      return {
        customer: status === undefined ? null : { id: customerId, status },
        products: { items: ids.flatMap((one) => products.get(one) ?? []) },
      };
    }
    case 'ReserveStock': {
      if (stock.released.has(id)) throw new AppError('INVALID_STATE');
      const wanted = (variables.lines as { quantity: number }[]).reduce((sum, { quantity }) => sum + quantity, 0);
      if (stock.holds.has(id)) return {};
      if (wanted > stock.left) throw new AppError('INSUFFICIENT_INVENTORY', 'short', { details: { 'items[0]': 'short' } });
      stock.left -= wanted;
      stock.holds.set(id, wanted);
      return {};
    }
    case 'ReleaseStock':
      stock.left += stock.holds.get(id) ?? 0;
      stock.holds.delete(id);
      stock.released.add(id);
      return {};
    case 'CommitStock':
      stock.holds.delete(id);
      stock.committed.add(id);
      return {};
    case 'ChargeOrder':
      return charge(money, variables.input as { orderId: string; amount: number });
    case 'VoidCharge':
    case 'RefundOrder':
      money.voided.add(id);
      money.charges.delete(id);
      return {};
    case 'CloseUnpaidOrder':
      return { closeUnpaidOrder: !payments.some(({ status }) => status === 'pending' || status === 'succeeded') };
    case 'OrderPayments':
      return { order: { payments: payments.map((payment) => ({ amount: 2500, currency: 'USD', provider: 'sandbox', ...payment })) } };
    default:
      throw new Error(`The stand-in graph knows no ${operation}.`);
  }
}

function charge({ charges, voided, decline, undecided }: Money, { orderId, amount }: { orderId: string; amount: number }): unknown {
  if (voided.has(orderId)) throw new AppError('INVALID_STATE');
  if (decline !== undefined) return { chargeOrder: { id: newId('payment'), status: 'failed', failureReason: decline } };
  if (undecided) return { chargeOrder: { id: newId('payment'), status: 'pending', failureReason: null } };
  charges.set(orderId, amount);
  return { chargeOrder: { id: newId('payment'), status: 'succeeded', failureReason: null } };
}

export function productOf(world: World, price = 1250, currency = 'USD', status = 'active'): string {
  const id = newId('product');
  world.products.set(id, { id, sku: `SKU-${id.slice(-4)}`, name: 'Blue mug', price, currency, status });
  return id;
}

export function customerOf(world: World, status = 'active'): string {
  const id = newId('customer');
  world.customers.set(id, status);
  return id;
}

/** What an integrator sends for one line of a new product. */
export function orderInput(world: World, quantity = 2) {
  return {
    customerId: customerOf(world),
    items: [{ productId: productOf(world), quantity }],
    shippingAddress: { street: '123 Main St', city: 'New York', state: 'NY', postalCode: '10001' },
    notes: 'Leave at the door',
  };
}

export function ask({ orders }: World, caller: Caller, source: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  return askSubgraph<Answer>(orders, caller, source, variables);
}

/** Places an order for a new product, of which a piece costs 12.50 dollars. */
export async function place(world: World, caller: Caller, quantity?: number): Promise<Order> {
  return (await ask(world, caller, PLACE, { input: orderInput(world, quantity) })).placeOrder;
}

export function eventsOf({ orders }: World, id: string): Promise<Row[]> {
  return orders.database.run('select type, payload from orders.outbox where aggregate_id = $1 order by position', [id]);
}

export function tasksOf({ orders }: World, id: string): Promise<Row[]> {
  return orders.database.run('select stage, stock, payment from orders.saga_task where id = $1', [id]);
}

/** Runs the task that settles what was left, once. */
export function settle({ orders }: World): Promise<number> {
  return orders.runTask('settle-left-tasks');
}

export function laterThanLease(world: World): void {
  world.clock = new Date(world.clock.getTime() + 31_000);
}

export async function settleEverything(world: World): Promise<void> {
  laterThanLease(world);
  while ((await settle(world)) > 0);
}
