// An item is found by its product's SKU, of which it keeps a copy. The SKU that a product got may still be written on the item of another product,
// whose new SKU may be on a third one's, and so on round to the first: they all move in one transaction, at whose end no SKU is there twice. The
// item of a deleted product lets go of a SKU that another product has: it goes by its product's id, with all that is reserved of it.
import { LockMode } from '@mikro-orm/core';
import { asService } from '@portico/contracts/caller';
import { AppError } from '@portico/contracts/errors';
import { brokenUniqueConstraint } from '@portico/service-kit/database/database-errors';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { InventoryItem } from './inventory-item.entity.ts';
import { inventoryReads } from './inventory-reads.ts';

const PRODUCT_SKU = 'query ProductSku($id: ID!) { product(id: $id) { sku } }';
type ProductSku = { product: { sku: string } | null };

type Moves = ReadonlyMap<string, { from: string; to: string }>;

/** Gives the product's item the SKU that the product has now. False when nothing is to change; CONFLICT when others change the same SKUs. */
export async function followProductSku(context: SubgraphContext, productId: string): Promise<boolean> {
  const moves = await findMoves(context, productId);
  if (moves.size === 0) return false;
  try {
    await context.write(async (em) => {
      // In how many statements the ORM writes them is its own affair.
      await em.execute('set constraints inventory.inventory_item_sku deferred');
      const items = await em.find(
        InventoryItem,
        { productId: { $in: [...moves.keys()] } },
        { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } },
      );
      const updatedAt = context.now();
      for (const item of items) {
        const move = moves.get(item.productId);
        // Another call has moved it since the catalogue was asked, and may know better.
        if (item.sku !== move?.from) throw changedMeanwhile();
        em.assign(item, { sku: move.to, updatedAt });
      }
    });
  } catch (error) {
    throw brokenUniqueConstraint(error) === 'inventory_item_sku' ? changedMeanwhile() : error;
  }
  return true;
}

/** Takes a SKU from an item whose product does not have it any more. False when there is none; CONFLICT as above. */
export async function freeSku(context: SubgraphContext, sku: string): Promise<boolean> {
  const holder = await findItem(context, 't.sku', sku);
  return holder !== undefined && (await followProductSku(context, holder.productId));
}

/** What has to move, by product, for this product's item to get its SKU. Nothing when it has it. */
async function findMoves(context: SubgraphContext, productId: string): Promise<Moves> {
  const moves = new Map<string, { from: string; to: string }>();
  let item = await findItem(context, 't.product_id', productId);
  while (item !== undefined && !moves.has(item.productId)) {
    // Asked after the item was read: whoever moves the item by an older answer finds it moved.
    const to = await skuOf(context, item.productId);
    if (to === item.sku) {
      if (item.productId === productId) return moves;
      throw changedMeanwhile();
    }
    moves.set(item.productId, { from: item.sku, to });
    item = await findItem(context, 't.sku', to);
  }
  return moves;
}

const SELECTED = new Map([
  ['productId', new Map()],
  ['sku', new Map()],
]);

async function findItem(context: SubgraphContext, column: string, value: string): Promise<{ productId: string; sku: string } | undefined> {
  const row = await context.reads.one(inventoryReads, context.caller, column, value, SELECTED);
  return row && { productId: String(row.productId), sku: String(row.sku) };
}

/** Of a deleted product its id, which no other product has. */
async function skuOf(context: SubgraphContext, id: string): Promise<string> {
  const { product } = await context.graph.execute<ProductSku>(
    PRODUCT_SKU,
    { id },
    asService(context.caller, 'inventory', ['products:read']),
  );
  return product?.sku ?? id;
}

function changedMeanwhile(): AppError {
  return new AppError('CONFLICT', 'The SKUs are being changed at the same time. Try again.', { retryAfterSeconds: 1 });
}
