import { describe, expect, it } from 'vitest';
import { CURRENCY_DIGITS, currencyDigits, toDecimal, toDecimalText, toMinor } from './money.ts';

describe('money', () => {
  it('shows every amount with the digits of its currency', () => {
    expect([toDecimal(2999, 'USD'), toDecimal(1200, 'JPY'), toDecimal(3125, 'KWD')]).toEqual([29.99, 1200, 3.125]);
  });

  it('writes every digit of the currency, exactly up to the largest safe integer', () => {
    const shown = [
      [2999, 'USD'],
      [5, 'USD'],
      [-5, 'USD'],
      [0, 'USD'],
      [1200, 'JPY'],
      [3125, 'KWD'],
      [Number.MAX_SAFE_INTEGER, 'USD'],
    ] as const;
    const texts = ['29.99', '0.05', '-0.05', '0.00', '1200', '3.125', '90071992547409.91'];
    expect(shown.map(([minor, currency]) => toDecimalText(minor, currency))).toEqual(texts);
  });

  it('takes back exactly what it showed, for every currency and a spread of amounts', () => {
    for (const currency of Object.keys(CURRENCY_DIGITS)) {
      for (let minor = 0; minor < 100_000; minor += 37) expect(toMinor(toDecimal(minor, currency), currency)).toBe(minor);
      for (const minor of [1_999_999_999, 90_071_992_547_409]) expect(toMinor(toDecimal(minor, currency), currency)).toBe(minor);
    }
  });

  it('refuses digits that the currency does not have', () => {
    expect([
      toMinor(0.001, 'USD'),
      toMinor(10.5, 'JPY'),
      toMinor(1.0001, 'KWD'),
      toMinor(Number.NaN, 'USD'),
      toMinor(1e300, 'USD'),
    ]).toEqual(new Array(5).fill(undefined));
  });

  it('does not take an object property for a currency', () => {
    expect([currencyDigits('constructor'), currencyDigits('usd'), toMinor(1, '__proto__')]).toEqual([undefined, undefined, undefined]);
  });
});
