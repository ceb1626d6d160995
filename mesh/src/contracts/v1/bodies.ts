import type { z } from 'zod';

/** A change must change something: an object without properties is refused. */
export function atLeastOne<Schema extends z.ZodObject>(schema: Schema): Schema {
  return schema.refine((value) => Object.keys(value).length > 0, 'At least one property must be given.');
}
