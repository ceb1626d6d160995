// Changes to one item's stock, on the row that the transaction holds. What is available falls below its threshold here and nowhere else,
// so here is where `inventory.low` is said: once per crossing, in the transaction that crossed.
import type { EntityManager } from '@mikro-orm/postgresql';
import { inventoryLow } from '@portico/contracts/events/inventory';
import { emit } from '@portico/service-kit/outbox/outbox';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import type { InventoryItem } from './inventory-item.entity.ts';

export type StockChange = Partial<Pick<InventoryItem, 'quantity' | 'reserved' | 'lowStockThreshold' | 'location'>>;

export function available(item: Pick<InventoryItem, 'quantity' | 'reserved'>): number {
  return item.quantity - item.reserved;
}

export function changeStock(em: EntityManager, context: SubgraphContext, item: InventoryItem, change: StockChange): void {
  const wasLow = available(item) <= item.lowStockThreshold;
  const at = context.now();
  em.assign(item, { ...change, updatedAt: at });
  if (wasLow || available(item) > item.lowStockThreshold) return;
  const { id, sku, productId, lowStockThreshold } = item;
  const payload = { id, sku, productId, available: available(item), lowStockThreshold, crossedAt: at.toISOString() };
  emit(em, inventoryLow, { caller: context.caller, aggregateId: id, payload, at });
}
