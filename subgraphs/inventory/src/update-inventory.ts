import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError, notFound } from '@portico/contracts/errors';
import { parseInput } from '@portico/service-kit/parse-input';
import type { Row } from '@portico/service-kit/reads/reads';
import { requireVersion, type SubgraphContext } from '@portico/service-kit/subgraph/context';
import { z } from 'zod';
import { quantity } from './add-inventory.ts';
import { InventoryItem } from './inventory-item.entity.ts';
import { itemRow } from './item-row.ts';
import { changeStock } from './stock.ts';

const input = z.object({
  quantity: quantity.optional(),
  lowStockThreshold: quantity.optional(),
  location: z.string().trim().min(1).max(100).nullish(),
});

/** Sets what is given. INVALID_STATE when fewer pieces would be left than are reserved. */
export function updateInventory(context: SubgraphContext, sku: string, given: unknown, expectedVersion?: number | null): Promise<Row> {
  const change = parseInput(input, given);
  return context.write(async (em) => {
    const item = await lockItem(em, sku);
    requireVersion(item, expectedVersion);
    if (change.quantity !== undefined && change.quantity < item.reserved) {
      throw new AppError('INVALID_STATE', `${item.reserved} pieces are reserved; the quantity cannot fall to ${change.quantity}.`, {
        details: { quantity: `It must be at least ${item.reserved}.` },
      });
    }
    const named = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    changeStock(em, context, item, named);
    await em.flush();
    return itemRow(item);
  });
}

/** The item with its row locked: everything that changes stock queues here. */
export async function lockItem(em: EntityManager, sku: string): Promise<InventoryItem> {
  const item = await em.findOne(InventoryItem, { sku }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (item === null) throw notFound('inventory item', sku);
  return item;
}
