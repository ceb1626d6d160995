// JSON Schema as OpenAPI 3.0 and 3.1 write it, as far as it is understood. It comes from somebody else and becomes source text, so each keyword
// is taken only in the shape it is meant to have; one that is malformed counts as absent.
import { z } from 'zod';

export type JsonSchema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly nullable?: boolean;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number | boolean;
  readonly exclusiveMaximum?: number | boolean;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
};

const orAbsent = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);
const schema: z.ZodType<JsonSchema> = z.lazy(() => keywords);
const text = orAbsent(z.string());
const count = orAbsent(z.int().min(0));
const bound = orAbsent(z.number());
const several = orAbsent(z.array(schema));

const keywords = z.object({
  $ref: text,
  type: orAbsent(z.union([z.string(), z.array(z.string())])),
  nullable: orAbsent(z.boolean()),
  const: z.unknown().optional(),
  enum: orAbsent(z.array(z.unknown())),
  format: text,
  pattern: text,
  minLength: count,
  maxLength: count,
  minimum: bound,
  maximum: bound,
  exclusiveMinimum: orAbsent(z.union([z.number(), z.boolean()])),
  exclusiveMaximum: orAbsent(z.union([z.number(), z.boolean()])),
  minItems: count,
  maxItems: count,
  items: orAbsent(schema),
  properties: orAbsent(
    z.record(
      z.string(),
      schema.catch(() => ({})),
    ),
  ),
  required: orAbsent(z.array(z.string())),
  additionalProperties: orAbsent(z.union([z.boolean(), schema])),
  allOf: several,
  anyOf: several,
  oneOf: several,
});

/** Whatever is no object (`true` and `false` are schemas too) describes nothing. */
export const jsonSchema: z.ZodType<JsonSchema> = schema.catch(() => ({}));
