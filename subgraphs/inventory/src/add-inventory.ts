import { asService } from '@portico/contracts/caller';
import { AppError, invalid } from '@portico/contracts/errors';
import { createOnce } from '@portico/service-kit/database/create-once';
import { brokenUniqueConstraint } from '@portico/service-kit/database/database-errors';
import { tenantOf } from '@portico/service-kit/database/tenant';
import { parseInput } from '@portico/service-kit/parse-input';
import type { Row } from '@portico/service-kit/reads/reads';
import type { Selection } from '@portico/service-kit/reads/selection';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { z } from 'zod';
import { freeSku } from './follow-product-sku.ts';
import { InventoryItem } from './inventory-item.entity.ts';
import { inventoryReads } from './inventory-reads.ts';
import { itemRow } from './item-row.ts';

export const QUANTITY_MAX = 1_000_000_000;
export const quantity = z.int().min(0).max(QUANTITY_MAX);

const input = z.object({
  sku: z.string().trim().min(1).max(64),
  quantity,
  lowStockThreshold: quantity.nullish(),
  location: z.string().trim().min(1).max(100).nullish(),
});

const FIND_PRODUCT =
  'query ProductBySku($sku: String!) { products(filter: { sku: [$sku] }, page: { number: 1, size: 1 }) { items { id sku } } }';
type FindProduct = { products: { items: { id: string; sku: string }[] } };

/** Starts to track a product's stock. VALIDATION_ERROR for a SKU without a product, CONFLICT when it is tracked already. */
export async function addInventory(context: SubgraphContext, given: unknown, selection: Selection): Promise<Row> {
  const { sku, lowStockThreshold, ...stock } = parseInput(input, given);
  const found = await context.graph.execute<FindProduct>(FIND_PRODUCT, { sku }, asService(context.caller, 'inventory', ['products:read']));
  const [product] = found.products.items;
  if (product === undefined) throw invalid({ sku: `No product has the SKU ${JSON.stringify(sku)}.` });
  const track = (): Promise<Row> =>
    createOnce<Row>(context, 'inventory', 'inventory_item_pkey', {
      find: (id) => context.reads.one(inventoryReads, context.caller, 't.id', id, selection),
      create: (id) =>
        context.write(async (em) => {
          const at = context.now();
          const item = em.create(InventoryItem, {
            ...tenantOf(context.caller),
            ...stock,
            id,
            sku: product.sku,
            productId: product.id,
            reserved: 0,
            lowStockThreshold: lowStockThreshold ?? 0,
            createdAt: at,
            updatedAt: at,
          });
          await em.persist(item).flush();
          return itemRow(item);
        }),
    });
  try {
    return await track().catch(async (error: unknown) => {
      if (brokenUniqueConstraint(error) === 'inventory_item_sku' && (await freeSku(context, product.sku))) return track();
      throw error;
    });
  } catch (error) {
    if (!/^inventory_item_(sku|product)$/.test(brokenUniqueConstraint(error) ?? '')) throw error;
    throw new AppError('CONFLICT', `The stock of ${JSON.stringify(sku)} is tracked already.`, {
      details: { sku: 'It is tracked already.' },
    });
  }
}
