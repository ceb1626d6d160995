// When a provider says to come again: a delay in seconds or a date (RFC 9110 §10.2.3). Providers have headers of their own besides, which hold the
// same, or the second of the epoch at which a window ends.
import { parseHttpDate } from '@portico/service-kit/http/http-date';

const DELAY = /^\d{1,10}(\.\d{1,3})?$/;
/** A number above this is an instant and not a delay: ten years in seconds. */
const LONGEST_DELAY_S = 315_360_000;
/** And above this an instant in milliseconds. */
const LATEST_EPOCH_S = 100_000_000_000;
const MS = 1_000;

/**
 * The earliest instant (ms of the epoch) at which to come again; undefined when nothing says it understandably. A past date means now.
 * `hints`: headers to read besides `Retry-After`, whose latest instant counts.
 */
export function retryAfter(headers: Readonly<Record<string, string>>, hints: readonly string[], now: number): number | undefined {
  let latest: number | undefined;
  for (const name of ['retry-after', ...hints]) {
    const at = parseRetryAfter(headers[name.toLowerCase()], now);
    if (at !== undefined && (latest === undefined || at > latest)) latest = at;
  }
  return latest;
}

export function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  const value = text?.trim();
  if (value === undefined || value === '') return undefined;
  if (DELAY.test(value) || /^\d{11,13}$/.test(value)) return instantOf(Number(value), now);
  const at = parseHttpDate(value, now);
  return at === undefined ? undefined : Math.max(at, now);
}

function instantOf(amount: number, now: number): number {
  if (amount <= LONGEST_DELAY_S) return now + Math.ceil(amount * MS);
  return Math.max(amount < LATEST_EPOCH_S ? amount * MS : amount, now);
}
