import { isCountryCode } from '@portico/contracts/countries';
import { z } from 'zod';

const US_POSTAL_CODE = /^\d{5}(-\d{4})?$/;

/** A postal address. Without a country it is taken for one in the United States. */
export const addressInput = z
  .object({
    street: z.string().trim().min(1).max(100),
    line2: z.string().trim().max(100).nullish(),
    city: z.string().trim().min(1).max(50),
    state: z.string().trim().max(50).nullish(),
    postalCode: z.string().trim().min(1).max(20).nullish(),
    country: z.string().refine(isCountryCode, 'It must be a two-letter country code (ISO 3166-1 alpha-2), in upper case.').nullish(),
  })
  .superRefine(({ country, postalCode }, context) => {
    const american = (country ?? 'US') === 'US';
    if (american && typeof postalCode === 'string' && !US_POSTAL_CODE.test(postalCode)) {
      context.addIssue({ code: 'custom', path: ['postalCode'], message: 'A postal code of the United States is 12345 or 12345-6789.' });
    }
  });

export type Address = z.output<typeof addressInput>;
