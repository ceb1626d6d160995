// Demo data, written straight into the five schemas: through the graph, 100,000 orders would take an hour.
// What is written is the past. It keeps every rule that later requests rely on (sealed columns, blind indexes, stock held for open orders,
// data versions), but announces nothing: nobody was listening when it "happened".

import type { Tenant } from '@portico/contracts/caller';
import { createBlindIndex, createKeyRing } from '@portico/service-kit/sealing/key-ring';
import { sessionOptions } from '@portico/service-kit/sql/session-options';
import pg from 'pg';
import { demoCustomers } from './demo-customers.ts';
import { demoProducts } from './demo-products.ts';
import { createRandom } from './random.ts';
import { insertCustomers } from './write-customers.ts';
import { addOrders } from './write-orders.ts';
import { insertProducts } from './write-products.ts';

export type SeedOptions = {
  databaseUrl: string;
  tenant: Tenant;
  secretKeys: string;
  blindIndexKey: string;
  /** How many of each there shall be at least. What is missing is added; nothing is taken away. */
  orders: number;
  now: Date;
};

export type SeedReport = { customers: number; products: number; orders: number };

/** Orders of a first start. */
export const DEMO_ORDERS = 500;
const CUSTOMERS = 80;
const PRODUCTS = 200;
const TABLES = [
  'customers.customer',
  'products.product',
  'inventory.inventory_item',
  'inventory.reservation',
  'orders."order"',
  'orders.order_line',
  'payments.payment',
];

/** Answers how many rows were added: none the second time. The schemas must be migrated. One transaction: all of it or nothing. */
export async function seedDemo(options: SeedOptions): Promise<SeedReport> {
  const client = new pg.Client({ connectionString: options.databaseUrl, application_name: 'portico seed', options: sessionOptions({}) });
  // The statement that fails reports it.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('begin');
    const report = await seed(client, options);
    await client.query('commit');
    if (report.orders > 0) await client.query(`analyze ${TABLES.join(', ')}`);
    return report;
  } finally {
    // Without a commit, the end of the connection undoes everything.
    await client.end();
  }
}

async function seed(client: pg.Client, { tenant, secretKeys, blindIndexKey, orders, now }: SeedOptions): Promise<SeedReport> {
  const name = `${tenant.accountId}:${tenant.mode}`;
  await client.query('select pg_advisory_xact_lock(hashtext($1))', [`portico seed ${name}`]);
  const ring = createKeyRing(secretKeys);
  const report = { customers: 0, products: 0, orders: 0 };
  if ((await countRows(client, 'customers.customer', tenant)) === 0) {
    const customers = demoCustomers(CUSTOMERS, now, createRandom(`${name}:customers`));
    await insertCustomers(client, tenant, { ring, blindIndex: createBlindIndex(blindIndexKey) }, customers);
    report.customers = customers.length;
  }
  if ((await countRows(client, 'products.product', tenant)) === 0) {
    const random = createRandom(`${name}:products`);
    const products = demoProducts(PRODUCTS, now, random);
    await insertProducts(client, tenant, products, random);
    report.products = products.length;
  }
  const present = await countRows(client, 'orders."order"', tenant);
  report.orders = Math.max(0, orders - present);
  await addOrders(client, tenant, { ring, count: report.orders, now, random: createRandom(`${name}:orders:${present}`) });
  const changed = {
    customers: report.customers,
    products: report.products,
    inventory: report.products + report.orders,
    orders: report.orders,
    payments: report.orders,
  };
  for (const [schema, rows] of Object.entries(changed)) if (rows > 0) await raiseDataVersion(client, schema, tenant);
  return report;
}

async function countRows(client: pg.Client, table: string, { accountId, mode }: Tenant): Promise<number> {
  const { rows } = await client.query<{ count: string }>(`select count(*) from ${table} where account_id = $1 and mode = $2`, [
    accountId,
    mode,
  ]);
  return Number(rows[0]?.count);
}

async function raiseDataVersion(client: pg.Client, schema: string, { accountId, mode }: Tenant): Promise<void> {
  await client.query(
    `insert into "${schema}".data_version as v (account_id, mode, slot, version) values ($1, $2, 0, 1)
     on conflict (account_id, mode, slot) do update set version = v.version + 1`,
    [accountId, mode],
  );
}
