// Inside, money is an integer count of a currency's minor unit (cents, yen, fils). Decimals exist only at the edge of the API.

/** Minor-unit digits of the currencies we accept, ISO 4217. A currency that is not here is refused. */
// biome-ignore format: a table
export const CURRENCY_DIGITS: Readonly<Record<string, number>> = {
  AED: 2, ARS: 2, AUD: 2, BHD: 3, BRL: 2, CAD: 2, CHF: 2, CLP: 0, CNY: 2, COP: 2, CZK: 2, DKK: 2, EUR: 2, GBP: 2, HKD: 2,
  HUF: 2, IDR: 2, ILS: 2, INR: 2, ISK: 0, JOD: 3, JPY: 0, KRW: 0, KWD: 3, MXN: 2, MYR: 2, NOK: 2, NZD: 2, OMR: 3, PEN: 2,
  PHP: 2, PLN: 2, QAR: 2, RON: 2, SAR: 2, SEK: 2, SGD: 2, THB: 2, TND: 3, TRY: 2, TWD: 2, UAH: 2, USD: 2, VND: 0, ZAR: 2,
};

/** What `toDecimalText` makes. */
export const AMOUNT_PATTERN = `^-?\\d+(\\.\\d{1,${Math.max(...Object.values(CURRENCY_DIGITS))}})?$`;

const POWERS = [1, 10, 100, 1000] as const;

/** Digits after the decimal point in this currency, or undefined for one we do not accept. */
export function currencyDigits(currency: string): number | undefined {
  return Object.hasOwn(CURRENCY_DIGITS, currency) ? CURRENCY_DIGITS[currency] : undefined;
}

/** 2999 USD → 29.99. Exact: the double nearest to the decimal, which JSON prints with the currency's digits or fewer. */
export function toDecimal(minor: number, currency: string): number {
  return minor / (POWERS[currencyDigits(currency) ?? 2] ?? 100);
}

/** 2999 USD → "29.99", 5 → "0.05", -5 → "-0.05": always with all digits of the currency, exact for every safe integer. */
export function toDecimalText(minor: number, currency: string): string {
  const digits = currencyDigits(currency) ?? 2;
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  const split = text.length - digits;
  return `${minor < 0 ? '-' : ''}${text.slice(0, split)}${digits === 0 ? '' : `.${text.slice(split)}`}`;
}

/** 29.99 USD → 2999, or undefined when the number has more digits than the currency or leaves the safe integers. */
export function toMinor(decimal: number, currency: string): number | undefined {
  const power = POWERS[currencyDigits(currency) ?? -1];
  if (power === undefined || !Number.isFinite(decimal)) return undefined;
  const minor = Math.round(decimal * power);
  // The product of a decimal and a power of ten can be off by one unit in the last place; the way back tells whether it was a whole amount.
  return Number.isSafeInteger(minor) && minor / power === decimal ? minor : undefined;
}
