import { expect, it } from 'vitest';
import { ourAmount, stripeAmount } from './stripe-amount.ts';

it.each([
  [2_999, 'USD', 2_999],
  [500, 'JPY', 500],
  [500, 'ISK', 50_000],
  [12_340, 'KWD', 12_340],
  [12_345, 'KWD', undefined],
  [10, 'BHD', 10],
  [1, 'TND', undefined],
])('counts %i minor units of %s as %s', (minor, currency, counted) => {
  expect(stripeAmount(minor, currency)).toBe(counted);
  if (counted !== undefined) expect(ourAmount(counted, currency)).toBe(minor);
});
