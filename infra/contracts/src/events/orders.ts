import { z } from 'zod';
import { defineEvent } from './event-type.ts';

const order = z.object({
  id: z.string(),
  customerId: z.string(),
  status: z.string(),
  /** Minor units of `currency`. */
  total: z.int(),
  currency: z.string(),
  items: z.array(z.object({ productId: z.string(), sku: z.string(), quantity: z.int(), unitPrice: z.int() })),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type OrderPayload = z.infer<typeof order>;

export const orderCreated = defineEvent({ name: 'order.created', version: 1, summary: 'An order was placed.', payload: order });

export const orderUpdated = defineEvent({
  name: 'order.updated',
  version: 1,
  summary: 'An order changed: its status, its address or its notes.',
  payload: order.extend({ previousStatus: z.string() }),
});

export const orderCancelled = defineEvent({
  name: 'order.cancelled',
  version: 1,
  summary: 'An order was cancelled and its stock released.',
  payload: order.extend({ previousStatus: z.string() }),
});
