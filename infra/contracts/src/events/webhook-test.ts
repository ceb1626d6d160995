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
});
