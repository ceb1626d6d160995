import { describe, expect, it } from 'vitest';
import { parseRetryAfter, retryAfter } from './retry-after.ts';

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);

describe('Retry-After', () => {
  it.each([
    ['seconds', '3', 3_000],
    ['no seconds', '0', 0],
    ['a fraction of a second', '1.5', 1_500],
    ['a day', '86400', 86_400_000],
    ['IMF-fixdate', 'Sat, 21 Nov 2026 12:00:07 GMT', 7_000],
    ['RFC 850', 'Saturday, 21-Nov-26 12:00:08 GMT', 8_000],
    ['asctime', 'Sat Nov 21 12:00:09 2026', 9_000],
    ['asctime with one digit', 'Tue Dec  1 12:00:00 2026', 10 * 86_400_000],
    ['a past date', 'Fri, 20 Nov 2026 12:00:00 GMT', 0],
    ['a past date of the last century', 'Sunday, 06-Nov-94 08:49:37 GMT', 0],
    ['the second of the epoch', String(NOW / 1_000 + 11), 11_000],
    ['the millisecond of the epoch', String(NOW + 12_000), 12_000],
    ['a second of the epoch that is past', String(NOW / 1_000 - 11), 0],
  ])('is understood as %s', (_form, text, afterMs) => {
    expect(parseRetryAfter(text, NOW)).toBe(NOW + afterMs);
  });

  it.each([
    '',
    ' ',
    'soon',
    '-5',
    '1e3',
    '0x10',
    'Infinity',
    '12 seconds',
    '2026-11-21T12:00:07Z',
    'Sat, 99 Foo 2026 12:00:00 GMT',
    '9'.repeat(20),
  ])('says nothing as %j', (text) => {
    expect(parseRetryAfter(text, NOW)).toBeUndefined();
  });

  it('gives way to the latest of the headers that a provider has besides', () => {
    const headers = { 'retry-after': '1', 'x-ratelimit-reset': String(NOW / 1_000 + 30) };
    expect(retryAfter(headers, ['X-RateLimit-Reset'], NOW)).toBe(NOW + 30_000);
    expect(retryAfter(headers, [], NOW)).toBe(NOW + 1_000);
    expect(retryAfter({}, ['X-RateLimit-Reset'], NOW)).toBeUndefined();
  });
});
