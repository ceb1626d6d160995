import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { tenantProperties } from '@portico/service-kit/database/tenant';

export const InventoryItem = defineEntity({
  name: 'InventoryItem',
  tableName: 'inventory_item',
  properties: {
    id: p.string().columnType('text').primary(),
    ...tenantProperties,
    sku: p.string().columnType('text'),
    productId: p.string().columnType('text'),
    /** Pieces in the warehouse, reserved ones included. */
    quantity: p.integer(),
    reserved: p.integer(),
    lowStockThreshold: p.integer(),
    location: p.string().columnType('text').nullable(),
    createdAt: p.datetime().length(3),
    updatedAt: p.datetime().length(3),
    version: p.integer().version(),
  },
});

export type InventoryItem = InferEntity<typeof InventoryItem>;

export type ReservationStatus = 'held' | 'released' | 'committed';

/** What somebody holds of one item: a line of an order, or a caller of the API by hand. */
export const Reservation = defineEntity({
  name: 'Reservation',
  tableName: 'reservation',
  properties: {
    id: p.string().columnType('text').primary(),
    ...tenantProperties,
    itemId: p.string().columnType('text'),
    sku: p.string().columnType('text'),
    /** Set for the lines of an order; those are released and committed with the order. */
    orderId: p.string().columnType('text').nullable(),
    reference: p.string().columnType('text').nullable(),
    quantity: p.integer(),
    status: p.string().columnType('text').$type<ReservationStatus>(),
    createdAt: p.datetime().length(3),
    updatedAt: p.datetime().length(3),
    version: p.integer().version(),
  },
});

export type Reservation = InferEntity<typeof Reservation>;

/** What became of an order's stock. A released hold without reservations says: this order shall not reserve any more. */
export const StockHold = defineEntity({
  name: 'StockHold',
  tableName: 'stock_hold',
  properties: {
    /** The order's id. */
    id: p.string().columnType('text').primary(),
    ...tenantProperties,
    status: p.string().columnType('text').$type<ReservationStatus>(),
    updatedAt: p.datetime().length(3),
    version: p.integer().version(),
  },
});

export type StockHold = InferEntity<typeof StockHold>;
