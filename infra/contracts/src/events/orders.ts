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

/** `currentStatus` is `status` again, under the name that goes with `previousStatus`. The two are the same where something else changed. */
const changedOrder = order.extend({ previousStatus: z.string(), currentStatus: z.string() });
const about = {
  version: 1,
  subject: 'order',
  money: ['total', 'items.unitPrice'],
  v2Names: { id: 'order_id', total: 'total_amount' },
} as const;
const previous = { status: 'previousStatus' };

export const orderCreated = defineEvent({ ...about, name: 'order.created', summary: 'An order was placed.', payload: order });

export const orderUpdated = defineEvent({
  ...about,
  name: 'order.updated',
  summary: 'An order changed: its status, its address or its notes.',
  previous,
  payload: changedOrder,
});

export const orderCancelled = defineEvent({
  ...about,
  name: 'order.cancelled',
  summary: 'An order was cancelled and its stock released.',
  previous,
  payload: changedOrder,
});
