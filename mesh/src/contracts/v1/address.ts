import { z } from 'zod';
import { text } from '../../rest/declare/fields.ts';
import { defineResource } from '../../rest/declare/resource.ts';

export const address = defineResource(
  'Address',
  {
    street: text({ example: '123 Main St' }),
    line2: text({ nullable: true, example: 'Apt 4' }),
    city: text({ example: 'New York' }),
    state: text({ nullable: true, example: 'NY' }),
    zip: text({ graph: 'postalCode', nullable: true, example: '10001' }),
    country: text({ nullable: true, example: 'US', description: 'ISO 3166-1 alpha-2. The United States when it is absent.' }),
  },
  { versioned: false },
);

/** An address in a request. */
export const addressBody = z.strictObject({
  street: z.string().min(1).max(100),
  line2: z.string().max(100).nullish(),
  city: z.string().min(1).max(50),
  state: z.string().max(50).nullish(),
  zip: z.string().min(1).max(20).nullish(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'It must be a two-letter country code (ISO 3166-1 alpha-2), in upper case.')
    .nullish(),
});
export type AddressBody = z.output<typeof addressBody>;

/** The graph's name for `zip` is `postalCode`. */
export function toGraphAddress(given: AddressBody | null | undefined): Record<string, unknown> | null | undefined {
  if (given === null || given === undefined) return given;
  const { zip, ...same } = given;
  return { ...same, postalCode: zip };
}

export const addressExample = { street: '123 Main St', city: 'New York', state: 'NY', zip: '10001' };
