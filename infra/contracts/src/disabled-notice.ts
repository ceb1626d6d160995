// What the relay tells the owners of a webhook endpoint that it disabled, and what the admin service makes a letter of.
import { z } from 'zod';
import { MODES } from './caller.ts';

/** Dates travel between programs as ISO 8601. */
export const disabledNotice = z.object({
  endpointId: z.string(),
  accountId: z.string(),
  mode: z.enum(MODES),
  url: z.url(),
  /** It answered 410, or it failed for days. */
  reason: z.enum(['gone', 'failing']),
  disabledAt: z.coerce.date(),
  failingSince: z.coerce.date().nullable(),
});
export type DisabledNotice = z.infer<typeof disabledNotice>;

/** Resolves once the owners have been written to; a notice whose telling rejects comes again. */
export type TellOwners = (notice: DisabledNotice) => Promise<void>;

/** Where the admin service takes notices over HTTP: under this prefix of a gateway's internal listener, by POST. */
export const NOTICES_PREFIX = '/notices';
export const DISABLED_NOTICE_PATH = `${NOTICES_PREFIX}/disabled-webhook`;
