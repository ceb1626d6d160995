import { describe, expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const NOW = Date.parse('1994-11-06T08:48:37Z');
const HOUR = 3_600_000;

describe('Retry-After', () => {
  it.each([
    ['120', 120_000],
    [' 7 ', 7_000],
    ['0', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 60_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 60_000],
    ['Sun Nov  6 08:49:37 1994', 60_000],
    ['Sun, 06 Nov 1994 08:48:60 GMT', 23_000],
  ])('reads %j in the forms of RFC 9110', (value, expected) => {
    expect(retryAfterMs(value, NOW)).toBe(expected);
  });

  it('takes a date that is past for "now", and waits at most a day', () => {
    expect(retryAfterMs('Sat, 05 Nov 1994 08:49:37 GMT', NOW)).toBe(0);
    expect([retryAfterMs('9999999999', NOW), retryAfterMs('Tue, 06 Nov 2001 08:49:37 GMT', NOW)]).toEqual([24 * HOUR, 24 * HOUR]);
  });

  it('reads two digits of a year as at most 50 years ahead', () => {
    const now = Date.parse('2026-11-06T08:49:37Z');
    expect(retryAfterMs('Friday, 06-Nov-26 08:50:37 GMT', now)).toBe(60_000);
    expect(retryAfterMs('Sunday, 06-Nov-94 08:49:37 GMT', now)).toBe(0);
  });

  it.each([
    undefined,
    '',
    'soon',
    '-5',
    '1.5',
    '1e3',
    '0x10',
    '12345678901',
    '5, 10',
    '2026-03-01T12:00:00Z',
    'Sun, 31 Feb 1995 08:49:37 GMT',
    'Sun, 00 Jan 1995 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:49:37 CET',
    'Sun, 06 nov 1994 08:49:37 GMT',
  ])('takes %j for nothing', (value) => {
    expect(retryAfterMs(value, NOW)).toBeUndefined();
  });
});
