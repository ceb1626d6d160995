import { joinedField } from '@portico/service-kit/reads/joined-field';
import { listOf, referenceTo } from '@portico/service-kit/reads/model-fields';
import { withField } from '@portico/service-kit/reads/read-references';
import type { Row } from '@portico/service-kit/reads/reads';
import { selectionOf } from '@portico/service-kit/reads/selection';
import { needs, type ReferenceResolver, type References, type Resolvers } from '@portico/service-kit/subgraph/build-schema';
import { addInventory } from './add-inventory.ts';
import { followProductSku } from './follow-product-sku.ts';
import { inventoryReads } from './inventory-reads.ts';
import { type ReleaseArguments, releaseInventory } from './release-inventory.ts';
import { type ReserveArguments, reserveInventory } from './reserve-inventory.ts';
import { reserveStock } from './reserve-stock.ts';
import { settleStock } from './settle-stock.ts';
import { updateInventory } from './update-inventory.ts';

type BySku = { sku: string };
type Expecting = { expectedVersion?: number | null };
type ByOrder = { orderId: string };

const productStock: ReferenceResolver = {
  scope: 'inventory:read',
  async resolve(context, representations, selection) {
    const inventory = selection.get('inventory');
    const ids = representations.map(({ id }) => String(id));
    if (inventory === undefined) return ids.map((id) => ({ id }));
    const rows = await context.reads.many(inventoryReads, context.caller, 't.product_id', ids, withField(inventory, 'productId'));
    const byProduct = new Map(rows.map((row) => [row.productId, row]));
    return ids.map((id) => ({ id, inventory: byProduct.get(id) ?? null }));
  },
};

export const resolvers: Resolvers = {
  Query: {
    inventory: listOf(inventoryReads, 'inventory:read'),
    inventoryItem: needs('inventory:read', (_, { sku }: BySku, context, info) =>
      context.reads.one(inventoryReads, context.caller, 't.sku', sku, selectionOf(info)),
    ),
  },
  Mutation: {
    addInventory: needs('inventory:write', (_, { input }: { input: unknown }, context, info) =>
      addInventory(context, input, selectionOf(info)),
    ),
    updateInventory: needs('inventory:write', (_, { sku, input, expectedVersion }: BySku & Expecting & { input: unknown }, context) =>
      updateInventory(context, sku, input, expectedVersion),
    ),
    reserveInventory: needs('inventory:write', (_, args: ReserveArguments, context, info) =>
      reserveInventory(context, args, selectionOf(info)),
    ),
    releaseInventory: needs('inventory:write', (_, args: ReleaseArguments, context) => releaseInventory(context, args)),
    reserveStock: needs('inventory:write', (_, args: unknown, context) => reserveStock(context, args)),
    releaseStock: needs('inventory:write', (_, { orderId }: ByOrder, context) => settleStock(context, orderId, 'released')),
    commitStock: needs('inventory:write', (_, { orderId }: ByOrder, context) => settleStock(context, orderId, 'committed')),
    followProductSku: needs('inventory:write', (_, { productId }: { productId: string }, context) => followProductSku(context, productId)),
  },
  InventoryItem: { product: ({ productId }: Row) => ({ id: productId }) },
  Product: { inventory: joinedField('inventory', productStock) },
};

export const references: References = { InventoryItem: referenceTo(inventoryReads, 'inventory:read'), Product: productStock };
