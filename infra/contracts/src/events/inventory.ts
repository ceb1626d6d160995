import { z } from 'zod';
import { defineEvent } from './event-type.ts';

export const inventoryLow = defineEvent({
  name: 'inventory.low',
  version: 1,
  summary: 'The available stock of an item fell to its threshold or below. Fires once per crossing.',
  subject: 'inventory_item',
  money: [],
  v2Names: { id: 'inventory_item_id' },
  payload: z.object({
    id: z.string(),
    sku: z.string(),
    productId: z.string(),
    available: z.int(),
    lowStockThreshold: z.int(),
    crossedAt: z.iso.datetime(),
  }),
});
