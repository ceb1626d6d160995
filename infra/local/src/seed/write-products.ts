import type { Tenant } from '@portico/contracts/caller';
import type { Client } from 'pg';
import type { DemoProduct } from './demo-products.ts';
import { insertRows } from './insert-rows.ts';
import { pastId } from './past-id.ts';
import type { Random } from './random.ts';

const WAREHOUSES = ['PDX-1', 'HAM-2', 'OSA-1'] as const;

/** Products, each with its stock: most of it ample, some of it low, some gone. */
export async function insertProducts(client: Client, tenant: Tenant, products: readonly DemoProduct[], random: Random): Promise<void> {
  const rows = products.map(({ id, sku, name, description, category, price, currency, currencyDigits, status, createdAt }) => ({
    id,
    sku,
    name,
    description,
    category,
    price,
    currency,
    currency_digits: currencyDigits,
    status,
    created_at: createdAt,
    updated_at: createdAt,
    version: 1,
  }));
  await insertRows(client, tenant, 'products.product', rows);
  const stock = products.map(({ id, sku, createdAt }) => ({
    id: pastId('inventory', createdAt.getTime(), random),
    sku,
    product_id: id,
    quantity: { ample: random.int(60, 900), low: random.int(1, 10), none: 0 }[random.weighted({ ample: 88, low: 8, none: 4 })],
    reserved: 0,
    low_stock_threshold: 10,
    location: random.pick(WAREHOUSES),
    created_at: createdAt,
    updated_at: createdAt,
    version: 1,
  }));
  await insertRows(client, tenant, 'inventory.inventory_item', stock);
}
