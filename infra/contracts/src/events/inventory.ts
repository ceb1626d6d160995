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
  example: {
    id: 'inv_01kb3p8g2ze5gsv9w1n8k4r6ac',
    sku: 'MUG-BLUE-350',
    productId: 'prod_01kb3p8m0qe8yrd2v6x3g5h9kw',
    available: 4,
    lowStockThreshold: 5,
    crossedAt: '2026-01-31T09:30:00.000Z',
  },
});
