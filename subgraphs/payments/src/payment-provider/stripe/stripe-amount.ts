import { currencyDigits } from '@portico/contracts/money';

/**
 * Our minor units as Stripe counts them (docs.stripe.com/currencies): the same, but that ISK, which has no digits, is counted in hundredths,
 * and that of three digits the last must be 0. Undefined for an amount that cannot be charged there.
 */
export function stripeAmount(minor: number, currency: string): number | undefined {
  if (currency === 'ISK') return minor * 100;
  return currencyDigits(currency) === 3 && minor % 10 !== 0 ? undefined : minor;
}

/** What Stripe has counted, in our minor units. */
export function ourAmount(counted: number, currency: string): number {
  return currency === 'ISK' ? counted / 100 : counted;
}
