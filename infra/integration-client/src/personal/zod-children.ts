// What is inside a zod schema. Other libraries keep that to themselves: undefined for theirs.
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { z } from 'zod';

export type SchemaChildren = {
  /** Of an object, by name. */
  properties?: Readonly<Record<string, StandardSchemaV1>>;
  /** Of an array, a tuple or a record; the last one is for all further ones. */
  items?: readonly StandardSchemaV1[];
  /** Schemas of the same value: what is optional, a choice, both of two, before and after a change. */
  same?: readonly StandardSchemaV1[];
  /** Nothing inside: a text, a number. */
  leaf?: true;
};

export function childrenOf(schema: StandardSchemaV1): SchemaChildren | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  if (schema instanceof z.ZodObject) return { properties: schema.shape };
  if (schema instanceof z.ZodArray) return { items: only(schema.element) };
  if (schema instanceof z.ZodTuple)
    return { items: [...schema.def.items, schema.def.rest].flatMap((item) => (item === null ? [] : only(item))) };
  if (schema instanceof z.ZodRecord) return { items: only(schema.valueType) };
  if (schema instanceof z.ZodUnion) return { same: schema.options.flatMap(only) };
  if (schema instanceof z.ZodIntersection) return { same: [...only(schema.def.left), ...only(schema.def.right)] };
  if (schema instanceof z.ZodPipe) return { same: [...only(schema.in), ...only(schema.out)] };
  if (schema instanceof z.ZodLazy) return { same: only(schema.unwrap()) };
  if (isWrapper(schema)) return { same: only(schema.def.innerType) };
  return LEAVES.some((leaf) => schema instanceof leaf) ? { leaf: true } : undefined;
}

const WRAPPERS = [z.ZodOptional, z.ZodNullable, z.ZodDefault, z.ZodPrefault, z.ZodNonOptional, z.ZodReadonly, z.ZodCatch];
const LEAVES = [
  z.ZodString,
  z.ZodStringFormat,
  z.ZodNumber,
  z.ZodBigInt,
  z.ZodBoolean,
  z.ZodDate,
  z.ZodEnum,
  z.ZodLiteral,
  z.ZodNull,
  z.ZodUndefined,
  z.ZodTemplateLiteral,
];

function isWrapper(schema: z.ZodType): schema is z.ZodOptional {
  return WRAPPERS.some((wrapper) => schema instanceof wrapper);
}

/** Zod's own types name its core; every schema that its methods make is a Standard Schema. */
function only(inner: unknown): StandardSchemaV1[] {
  return inner instanceof z.ZodType ? [inner] : [];
}
