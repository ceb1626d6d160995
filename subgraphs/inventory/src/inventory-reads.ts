import { anyOf, atLeast, atMost, equals } from '@portico/service-kit/reads/filters';
import type { ReadModel } from '@portico/service-kit/reads/read-model';

const AVAILABLE = '(t.quantity - t.reserved)';
const LOW_STOCK = `(${AVAILABLE} <= t.low_stock_threshold)`;

export const inventoryReads: ReadModel = {
  table: 'inventory.inventory_item',
  columns: {
    id: 't.id',
    sku: 't.sku',
    productId: 't.product_id',
    product: ['productId'],
    quantity: 't.quantity',
    reserved: 't.reserved',
    available: AVAILABLE,
    lowStockThreshold: 't.low_stock_threshold',
    lowStock: LOW_STOCK,
    location: 't.location',
    createdAt: 't.created_at',
    updatedAt: 't.updated_at',
    version: 't.version',
  },
  filters: {
    sku: anyOf('t.sku'),
    productId: anyOf('t.product_id'),
    location: anyOf('t.location'),
    lowStock: equals(LOW_STOCK),
    availableMin: atLeast(AVAILABLE),
    availableMax: atMost(AVAILABLE),
    quantityMin: atLeast('t.quantity'),
    quantityMax: atMost('t.quantity'),
    createdAfter: atLeast('t.created_at'),
    createdBefore: atMost('t.created_at'),
  },
  sorts: { createdAt: 't.created_at', updatedAt: 't.updated_at', sku: 't.sku', quantity: 't.quantity', available: AVAILABLE },
};

export const reservationReads: ReadModel = {
  table: 'inventory.reservation',
  columns: {
    id: 't.id',
    sku: 't.sku',
    quantity: 't.quantity',
    status: 't.status',
    reference: 't.reference',
    createdAt: 't.created_at',
    item: ['itemId'],
    itemId: 't.item_id',
  },
  filters: {},
  sorts: {},
};
