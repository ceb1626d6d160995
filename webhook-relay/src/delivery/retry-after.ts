import { parseHttpDate } from '@portico/service-kit/http/http-date';

const MAX_MS = 24 * 3_600_000;

/**
 * `Retry-After` (RFC 9110 §10.2.3), seconds or a date: milliseconds from `now` until the receiver wants to be asked again, at most 24 h. Undefined for
 * a value that is neither; a date that is past is 0.
 */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,10}$/.test(text)) return Math.min(Number(text) * 1000, MAX_MS);
  const at = parseHttpDate(text, now);
  return at === undefined ? undefined : Math.min(Math.max(at - now, 0), MAX_MS);
}
