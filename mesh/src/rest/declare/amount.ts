import { z } from 'zod';

const AMOUNTS = z.registry();

/** Marks a number of a body as an amount of money, which another version may take as a text. To be marked last: what a schema makes of itself is another one. */
export function amount(schema: z.ZodNumber): z.ZodNumber {
  return schema.register(AMOUNTS);
}

export function isAmount(schema: z.ZodType): schema is z.ZodNumber {
  return AMOUNTS.has(schema);
}
