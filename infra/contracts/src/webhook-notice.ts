// What the relay tells the owners of a webhook endpoint, and what the admin service makes a letter of.
import { z } from 'zod';
import { MODES } from './caller.ts';

/** Dates travel between programs as ISO 8601. */
export const webhookNotice = z.object({
  endpointId: z.string(),
  accountId: z.string(),
  mode: z.enum(MODES),
  url: z.url(),
  /** It was disabled, because it answered 410 or failed for days; or a delivery to it ran out of attempts. */
  reason: z.enum(['gone', 'failing', 'exhausted']),
  /** When that happened. */
  at: z.coerce.date(),
  failingSince: z.coerce.date().nullable(),
});
export type WebhookNotice = z.infer<typeof webhookNotice>;

/** Resolves once the owners have been written to; a notice whose telling rejects comes again. */
export type TellOwners = (notice: WebhookNotice) => Promise<void>;

/** Where the admin service takes notices over HTTP: under this prefix of a gateway's internal listener, by POST. */
export const NOTICES_PREFIX = '/notices';
export const WEBHOOK_NOTICE_PATH = `${NOTICES_PREFIX}/webhook`;
