import { IntegrationError } from '@portico/integration-client/errors';

/** Codes that say: the provider turned the request away before it did anything. */
const TURNED_AWAY: ReadonlySet<string> = new Set(['AUTHENTICATION_ERROR', 'RATE_LIMIT_EXCEEDED']);

/** What a failed call says of the write it was to do. `unavailable`: it was certainly not done. Throws what is no failure of a call. */
export function outcomeOfError(error: unknown): { kind: 'unknown' | 'unavailable' } {
  if (!(error instanceof IntegrationError)) throw error;
  // An earlier try of the same call may have got through, whatever the last one was told.
  const nothingDone = error.attempts === 0 || (error.attempts === 1 && TURNED_AWAY.has(error.code));
  return { kind: nothingDone ? 'unavailable' : 'unknown' };
}
