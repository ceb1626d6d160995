import { z } from 'zod';

/** Names one key of one account. */
export const keyId = z.object({ accountId: z.string().max(64), id: z.string().max(64) });

const DAY_MS = 86_400_000;
export const OVERLAP_MS_MAX = 90 * DAY_MS;
