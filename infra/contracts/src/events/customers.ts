import { z } from 'zod';
import { defineEvent } from './event-type.ts';

// No name and no address: events are kept in outboxes and logs, where personal data could not be erased.
export const customerCreated = defineEvent({
  name: 'customer.created',
  version: 1,
  summary: 'A customer was added.',
  subject: 'customer',
  money: [],
  v2Names: { id: 'customer_id' },
  payload: z.object({ id: z.string(), status: z.string(), createdAt: z.iso.datetime() }),
  example: { id: 'cust_01kb3p8f6cfmtb2qj5ht4x7yzd', status: 'active', createdAt: '2026-01-31T09:30:00.000Z' },
});
