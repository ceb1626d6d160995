import { invalid } from '@portico/contracts/errors';
import { currencyDigits, toMinor } from '@portico/contracts/money';
import { z } from 'zod';
import { PRODUCT_STATUSES } from './product.entity.ts';

export const createInput = z.object({
  sku: z
    .string()
    .trim()
    .min(1)
    .max(64)
    // Stock is at `/inventory/{sku}`; a client takes such a segment out of a URL, percent-encoded too.
    .regex(/^(?!\.{1,2}$)/, 'It must not be "." or "..", which a URL cannot have.'),
  name: z.string().trim().min(1).max(200),
  description: z.string().max(5_000).nullish(),
  category: z.string().trim().min(1).max(100).nullish(),
  price: z.number().min(0).max(1e12),
  currency: z.string(),
  status: z.enum(PRODUCT_STATUSES).nullish(),
});

/** Any of the properties; null clears only those that may be absent. */
export const updateInput = z.object({
  ...createInput.omit({ description: true, category: true }).partial().shape,
  description: createInput.shape.description,
  category: createInput.shape.category,
  status: z.enum(PRODUCT_STATUSES).optional(),
});

/** The price columns for a decimal price. VALIDATION_ERROR for a currency we do not accept, or for digits that it does not have. */
export function pricing(price: number, currency: string): { price: number; currency: string; currencyDigits: number } {
  const digits = currencyDigits(currency);
  if (digits === undefined) throw invalid({ currency: `${JSON.stringify(currency.slice(0, 8))} is not a currency we accept.` });
  const minor = toMinor(price, currency);
  if (minor === undefined) throw invalid({ price: `A price in ${currency} has at most ${digits} decimal digits.` });
  return { price: minor, currency, currencyDigits: digits };
}
