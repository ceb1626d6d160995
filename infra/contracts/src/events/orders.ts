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
const example: OrderPayload = {
  id: 'order_01kb3p8j8yfvbt6h1w5d0q2sgx',
  customerId: 'cust_01kb3p8f6cfmtb2qj5ht4x7yzd',
  status: 'pending',
  total: 5998,
  currency: 'USD',
  items: [{ productId: 'prod_01kb3p8m0qe8yrd2v6x3g5h9kw', sku: 'MUG-BLUE-350', quantity: 2, unitPrice: 2999 }],
  createdAt: '2026-01-31T09:30:00.000Z',
  updatedAt: '2026-01-31T09:30:00.000Z',
};
const moved = (status: string): z.infer<typeof changedOrder> => ({
  ...example,
  status,
  previousStatus: example.status,
  currentStatus: status,
  updatedAt: '2026-01-31T09:45:00.000Z',
});
const about = {
  version: 1,
  subject: 'order',
  money: ['total', 'items.unitPrice'],
  v2Names: { id: 'order_id', total: 'total_amount' },
} as const;
const previous = { status: 'previousStatus' };

export const orderCreated = defineEvent({ ...about, name: 'order.created', summary: 'An order was placed.', payload: order, example });

export const orderUpdated = defineEvent({
  ...about,
  name: 'order.updated',
  summary: 'An order changed: its status, its address or its notes.',
  previous,
  payload: changedOrder,
  example: moved('confirmed'),
});

export const orderCancelled = defineEvent({
  ...about,
  name: 'order.cancelled',
  summary: 'An order was cancelled and its stock released.',
  previous,
  payload: changedOrder,
  example: moved('cancelled'),
});
