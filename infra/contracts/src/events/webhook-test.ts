import { z } from 'zod';
import { defineEvent } from './event-type.ts';

/** Sent to one endpoint on request. No domain produces it and nobody subscribes to it, so it is not in the catalogue. */
export const webhookTest = defineEvent({
  name: 'webhook.test',
  version: 1,
  summary: 'Sent to one endpoint: to verify it when it is registered, and whenever its owner asks for it.',
  subject: 'webhook',
  subjectId: 'endpointId',
  money: [],
  payload: z.object({ challenge: z.string(), endpointId: z.string() }),
  example: { challenge: 'c2e0a6d4-6f0b-4c8e-9d57-1b7f3a905e21', endpointId: 'wh_01kb3p8tbze0jr4w2q9f6s1y5h' },
});
