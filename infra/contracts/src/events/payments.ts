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

export const paymentReceived = defineEvent({ name: 'payment.received', version: 1, summary: 'A payment succeeded.', payload: payment });

export const paymentFailed = defineEvent({
  name: 'payment.failed',
  version: 1,
  summary: 'A payment was declined or could not be made.',
  payload: payment.extend({ failureReason: z.string() }),
});
