import type { Row } from '@portico/service-kit/reads/reads';
import type { InventoryItem, Reservation } from './inventory-item.entity.ts';
import { available } from './stock.ts';

/** An item as the resolvers take it, with what the read model computes in SQL. */
export function itemRow(item: InventoryItem): Row {
  const { id, sku, productId, quantity, reserved, lowStockThreshold, location, createdAt, updatedAt, version } = item;
  const left = available(item);
  return {
    id,
    sku,
    productId,
    quantity,
    reserved,
    available: left,
    lowStockThreshold,
    lowStock: left <= lowStockThreshold,
    location,
    createdAt,
    updatedAt,
    version,
  };
}

export function reservationRow(reservation: Reservation, item: InventoryItem): Row {
  const { id, sku, quantity, status, reference, createdAt } = reservation;
  return { id, sku, quantity, status, reference, createdAt, item: itemRow(item) };
}
