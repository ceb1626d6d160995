import type { Tenant } from '@portico/contracts/caller';
import { sealed } from '@portico/customers/customer.entity';
import { sealedShippingAddress } from '@portico/orders/order.entity';
import type { KeyRing } from '@portico/service-kit/sealing/key-ring';
import type { Client } from 'pg';
import { type BuyingCustomer, type DemoOrder, demoOrders, type SoldProduct } from './demo-orders.ts';
import { insertRows } from './insert-rows.ts';
import type { Random } from './random.ts';
import { insertOrderStock } from './write-order-stock.ts';

export type StockedProduct = SoldProduct & { itemId: string };

/** Orders of one statement: some 2 MB of JSON. */
const BATCH = 2_000;
const CUSTOMERS_MAX = 1_000;
const PRODUCTS_MAX = 1_000;

/** Adds orders of the tenant's own customers and products, with lines, payments and the stock that open ones hold. */
export async function addOrders(
  client: Client,
  tenant: Tenant,
  options: { ring: KeyRing; count: number; now: Date; random: Random },
): Promise<void> {
  if (options.count === 0) return;
  const [customer, ...customers] = await readCustomers(client, tenant, options.ring);
  const [product, ...products] = await readProducts(client, tenant);
  if (customer === undefined || product === undefined)
    throw new Error('Orders need an active customer, and an active product whose stock is tracked.');
  const source = demoOrders([customer, ...customers], [product, ...products], options.now, options.random);
  const itemIds = new Map([product, ...products].map(({ id, itemId }) => [id, itemId]));
  for (let left = options.count; left > 0; left -= BATCH) {
    // Not `source.take()`: that would end the source.
    const orders = Array.from({ length: Math.min(left, BATCH) }, () => source.next().value);
    await insertOrders(client, tenant, options.ring, orders);
    await insertOrderStock(client, tenant, itemIds, orders, options.random);
  }
}

async function readCustomers(client: Client, { accountId, mode }: Tenant, ring: KeyRing): Promise<BuyingCustomer[]> {
  const { rows } = await client.query<{ id: string; sealed: string }>(
    `select id, address_sealed as sealed from customers.customer
     where account_id = $1 and mode = $2 and status = 'active' and address_sealed is not null order by id limit $3`,
    [accountId, mode, CUSTOMERS_MAX],
  );
  return rows.map((row) => ({ id: row.id, address: sealed.address.open(ring, row.id, row.sealed) }));
}

async function readProducts(client: Client, { accountId, mode }: Tenant): Promise<StockedProduct[]> {
  const { rows } = await client.query<Omit<StockedProduct, 'price'> & { price: string }>(
    `select p.id, p.sku, p.name, p.price, p.currency, p.currency_digits as "currencyDigits", i.id as "itemId"
     from products.product p join inventory.inventory_item i on i.product_id = p.id and i.account_id = p.account_id and i.mode = p.mode
     where p.account_id = $1 and p.mode = $2 and p.status = 'active' and p.deleted_at is null order by p.id limit $3`,
    [accountId, mode, PRODUCTS_MAX],
  );
  return rows.map((row) => ({ ...row, price: Number(row.price) }));
}

async function insertOrders(client: Client, tenant: Tenant, ring: KeyRing, orders: readonly DemoOrder[]): Promise<void> {
  const rows = orders.map((order) => ({
    id: order.id,
    customer_id: order.customer.id,
    status: order.status,
    total: order.total,
    currency: order.currency,
    currency_digits: order.currencyDigits,
    shipping_address_sealed: sealedShippingAddress.seal(ring, order.id, order.customer.address),
    notes: null,
    cancel_reason: order.cancelReason,
    search_text: [order.id, ...order.lines.map(({ sku, name }) => `${sku} ${name}`)].join(' '),
    created_at: order.createdAt,
    updated_at: order.updatedAt,
    version: 1,
  }));
  await insertRows(client, tenant, 'orders."order"', rows);
  const lines = orders.flatMap((order) =>
    order.lines.map(({ id, position, productId, sku, name, quantity, unitPrice }) => ({
      id,
      order_id: order.id,
      position,
      product_id: productId,
      sku,
      name,
      quantity,
      unit_price: unitPrice,
    })),
  );
  await insertRows(client, tenant, 'orders.order_line', lines);
  await insertPayments(client, tenant, orders);
}

async function insertPayments(client: Client, tenant: Tenant, orders: readonly DemoOrder[]): Promise<void> {
  const rows = orders.flatMap((order) =>
    order.payments.map(({ id, amount, status, method, failureReason, createdAt, updatedAt }) => ({
      id,
      order_id: order.id,
      amount,
      currency: order.currency,
      status,
      method,
      failure_reason: failureReason,
      reference: null,
      created_at: createdAt,
      updated_at: updatedAt,
      version: 1,
    })),
  );
  await insertRows(client, tenant, 'payments.payment', rows);
}
