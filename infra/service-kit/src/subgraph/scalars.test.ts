import { describe, expect, it } from 'vitest';
import { SCALARS, toIsoInstant } from './scalars.ts';

describe('DateTime', () => {
  it.each([
    ['2026-01-31 09:30:00+00', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31 09:30:00.5+00', '2026-01-31T09:30:00.500Z'],
    ['2026-01-31 09:30:00.123+00', '2026-01-31T09:30:00.123Z'],
    ['2026-01-31T09:30:00.000Z', '2026-01-31T09:30:00.000Z'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
  ])('shows %j as %s', (stored, shown) => {
    expect(toIsoInstant(stored)).toBe(shown);
  });

  it.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T10:00:00+02:00', '2026-01-31T08:00:00.000Z'],
  ])('reads %j', (given, read) => {
    expect(SCALARS.DateTime?.parseValue(given)).toBe(read);
  });

  it.each(['yesterday', '2026-13-01', '2026-01-31T10:00', 7, null, '2026-01-31T10:00:00+00:00; drop'])('refuses %j', (given) => {
    expect(() => SCALARS.DateTime?.parseValue(given)).toThrow(/ISO 8601/);
  });
});

describe('Decimal', () => {
  it('reads numbers and strings of digits alike, and nothing else', () => {
    expect([SCALARS.Decimal?.parseValue('29.99'), SCALARS.Decimal?.parseValue(29.99)]).toEqual([29.99, 29.99]);
    for (const bad of ['1e5', '', ' 1', 'NaN', Number.POSITIVE_INFINITY, {}, '0x10'])
      expect(() => SCALARS.Decimal?.parseValue(bad)).toThrow();
  });
});
