import { IntegrationError } from '@portico/integration-client/errors';
import type { ChargeOutcome } from './payment-provider.ts';

/** Codes that say: the provider turned the request away before it did anything. */
const TURNED_AWAY: ReadonlySet<string> = new Set(['AUTHENTICATION_ERROR', 'RATE_LIMIT_EXCEEDED']);
/** The same of a key that is known and may not do this: Stripe's restricted ones. */
const FORBIDDEN = 403;

/** What a failed call says of the write it was to do. `unavailable`: it was certainly not done. Throws what is no failure of a call. */
export function outcomeOfError(error: unknown): Extract<ChargeOutcome, { kind: 'unknown' | 'unavailable' }> {
  if (!(error instanceof IntegrationError)) throw error;
  // An earlier try of the same call may have got through, whatever the last one was told; unless none of them can.
  const turnedAway = TURNED_AWAY.has(error.code) || error.status === FORBIDDEN;
  const nothingDone = error.neverSent || (error.attempts === 1 && turnedAway);
  return nothingDone ? { kind: 'unavailable', retryAt: error.retryAt } : { kind: 'unknown' };
}

/** What a failed call says of everything that can simply be asked again. Throws what is no failure of a call. */
export function lostAnswer(error: unknown): { kind: 'unknown' } {
  if (error instanceof IntegrationError) return { kind: 'unknown' };
  throw error;
}
