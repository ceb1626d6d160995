import { z } from 'zod';
import { defineEvent } from './event-type.ts';

const payment = z.object({
  id: z.string(),
  orderId: z.string(),
  status: z.string(),
  /** Minor units of `currency`. */
  amount: z.int(),
  currency: z.string(),
  method: z.string(),
  createdAt: z.iso.datetime(),
});

const example: z.infer<typeof payment> = {
  id: 'pay_01kb3p8k3vekpsz8c4n9y7j1tf',
  orderId: 'order_01kb3p8j8yfvbt6h1w5d0q2sgx',
  status: 'succeeded',
  amount: 5998,
  currency: 'USD',
  method: 'card',
  createdAt: '2026-01-31T09:30:00.000Z',
};

const about = { version: 1, subject: 'payment', money: ['amount'], v2Names: { id: 'payment_id' } } as const;

export const paymentReceived = defineEvent({
  ...about,
  name: 'payment.received',
  summary: 'A payment succeeded.',
  payload: payment,
  example,
});

export const paymentFailed = defineEvent({
  ...about,
  name: 'payment.failed',
  summary: 'A payment was declined or could not be made.',
  payload: payment.extend({ failureReason: z.string() }),
  example: { ...example, status: 'failed', failureReason: 'The card was declined. (card_declined)' },
});
