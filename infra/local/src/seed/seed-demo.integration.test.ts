import type { Caller } from '@portico/contracts/caller';
import { isId, newId } from '@portico/contracts/ids';
import { createTestDatabase, silentLogger, TEST_BLIND_INDEX_KEY, TEST_SECRET_KEYS, testCaller } from '@portico/service-kit/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedSubgraphs, startSubgraphs } from '../start/start-subgraphs.ts';
import { type SeedReport, seedDemo } from './seed-demo.ts';

const tenant = { accountId: newId('account'), mode: 'test' as const };
const caller: Caller = testCaller(['read', 'write'], tenant);
const opened = new AsyncDisposableStack();
const now = new Date('2026-06-15T12:00:00.000Z');
let databaseUrl: string;
let platform: StartedSubgraphs;
let first: SeedReport;

function seed(orders: number): Promise<SeedReport> {
  return seedDemo({ databaseUrl, tenant, orders, now, secretKeys: TEST_SECRET_KEYS, blindIndexKey: TEST_BLIND_INDEX_KEY });
}

async function query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  databaseUrl = opened.use(await createTestDatabase()).url;
  const settings = { databaseUrl, poolMax: 3, secretKeys: TEST_SECRET_KEYS, blindIndexKey: TEST_BLIND_INDEX_KEY };
  platform = opened.use(await startSubgraphs({ ...settings, internalSecret: 'x'.repeat(32) }, { loggerOf: () => silentLogger }));
  first = await seed(500);
});

afterAll(() => opened.disposeAsync());

describe('the demo data', () => {
  it('is at least 50 customers, 200 products and 500 orders', () => {
    expect(first.customers).toBeGreaterThanOrEqual(50);
    expect(first).toMatchObject({ products: 200, orders: 500 });
  });

  it('is not added a second time', async () => {
    expect(await seed(500)).toEqual({ customers: 0, products: 0, orders: 0 });
  });

  it('grows by what is missing when more orders are asked for', async () => {
    expect(await seed(2_600)).toEqual({ customers: 0, products: 0, orders: 2_100 });
    expect(await query('select count(*)::int from orders."order"')).toEqual([{ count: 2_600 }]);
  });

  it('reads through the graph, personal data opened and found by name', async () => {
    const document = `query ($q: String!) { customers(filter: { q: $q }, page: { number: 1, size: 1 }) { items { id name email address { city } } } }`;
    const any = await platform.client.execute<{ customers: { items: { name: string }[] } }>(
      'query { customers(page: { number: 1, size: 1 }) { items { name } } }',
      {},
      caller,
    );
    const name = any.customers.items[0]?.name ?? '';
    const found = await platform.client.execute<{ customers: { items: { id: string; name: string; email: string }[] } }>(
      document,
      { q: name },
      caller,
    );
    expect(found.customers.items[0]).toMatchObject({ name, email: expect.stringMatching(/@example\./) });
    expect(isId('customer', found.customers.items[0]?.id)).toBe(true);
  });

  it('belongs to one tenant alone', async () => {
    const other = testCaller(['read']);
    const answer = await platform.client.execute<{ orders: { total: number } }>(
      'query { orders(page: { number: 1, size: 1 }) { total } }',
      {},
      other,
    );
    expect(answer.orders.total).toBe(0);
  });

  it('has orders of every status, priced in several currencies, yen and dinars among them', async () => {
    const statuses = await query<{ status: string }>(`select distinct status from orders."order" order by 1`);
    expect(statuses.map(({ status }) => status)).toEqual([
      'cancelled',
      'confirmed',
      'delivered',
      'pending',
      'processing',
      'refunded',
      'shipped',
    ]);
    const currencies = await query<{ currency: string }>('select distinct currency from orders."order" order by 1');
    expect(currencies.map(({ currency }) => currency)).toEqual(expect.arrayContaining(['JPY', 'KWD', 'USD']));
  });

  it('adds up: totals are the sums of the lines, and what is reserved is what open orders hold', async () => {
    const wrongTotals = await query(
      `select o.id from orders."order" o join orders.order_line l on l.order_id = o.id group by o.id, o.total having o.total <> sum(l.unit_price * l.quantity)`,
    );
    expect(wrongTotals).toEqual([]);
    const wrongStock = await query(
      `select i.id from inventory.inventory_item i left join inventory.reservation r on r.item_id = i.id and r.status = 'held'
       group by i.id having i.reserved <> coalesce(sum(r.quantity), 0)`,
    );
    expect(wrongStock).toEqual([]);
  });

  it('lets an open order be cancelled, which frees its stock', async () => {
    const page = await platform.client.execute<{ orders: { items: { id: string; items: { productId: string; quantity: number }[] }[] } }>(
      'query { orders(filter: { status: [processing] }, page: { number: 1, size: 1 }) { items { id items { productId quantity } } } }',
      {},
      caller,
    );
    const [order] = page.orders.items;
    const reserved = (): Promise<{ sum: string }[]> => query<{ sum: string }>('select sum(reserved) from inventory.inventory_item');
    const before = Number((await reserved())[0]?.sum);
    await platform.client.execute('mutation ($id: ID!) { cancelOrder(id: $id) { status } }', { id: order?.id }, caller);
    const pieces = order?.items.reduce((sum, { quantity }) => sum + quantity, 0) ?? 0;
    await expect.poll(async () => Number((await reserved())[0]?.sum)).toBe(before - pieces);
  });

  it('stores no personal data in clear', async () => {
    const rows = await query<{ text: string }>(
      `select row_to_json(c)::text as text from customers.customer c union all select row_to_json(o)::text from orders."order" o`,
    );
    expect(rows.filter(({ text }) => /@example|Street|Avenue/.test(text))).toEqual([]);
  });
});
