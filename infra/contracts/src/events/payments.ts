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

const about = { version: 1, subject: 'payment', money: ['amount'], v2Names: { id: 'payment_id' } } as const;

export const paymentReceived = defineEvent({ ...about, name: 'payment.received', summary: 'A payment succeeded.', payload: payment });

export const paymentFailed = defineEvent({
  ...about,
  name: 'payment.failed',
  summary: 'A payment was declined or could not be made.',
  payload: payment.extend({ failureReason: z.string() }),
});
