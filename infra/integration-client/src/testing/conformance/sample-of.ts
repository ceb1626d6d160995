// Something that a schema takes, made from the schema: so that a provider can be tried without anybody having written samples for it. What is
// personal by its name gets a value that is known again wherever it turns up.
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { PERSONAL_NAME } from '../../personal/personal-name.ts';
import { fitSample } from './fit-sample.ts';

/** `leftOut`: optional fields for which nothing that fits could be made. */
export type Sample =
  | { readonly kind: 'made'; readonly value: unknown; readonly leftOut: readonly string[] }
  | { readonly kind: 'none'; readonly why: string };

/** Looks into schemas that describe themselves as JSON Schema; of others, and of a rule that nothing here satisfies, there is none. */
export async function sampleOf(schema: StandardSchemaV1): Promise<Sample> {
  if (!describesItself(schema)) return { kind: 'none', why: 'a schema that does not describe itself as JSON Schema needs a sample' };
  let described: JsonSchema;
  try {
    described = schema['~standard'].jsonSchema.input({ target: 'draft-2020-12', libraryOptions: ANYTHING_FOR_WHAT_HAS_NO_JSON });
  } catch {
    return { kind: 'none', why: 'a schema that has no JSON Schema needs a sample' };
  }
  const value = exampleOf(described, { name: '', definitions: definitionsOf(described), depth: 0 });
  const fitted = await fitSample(schema, value);
  if (fitted.kind === 'none') return { kind: 'none', why: `nothing that fits could be made for ${fitted.at}` };
  return { kind: 'made', value: fitted.value, leftOut: fitted.leftOut };
}

/** zod's word for it, as arktype does of itself: a date is left open instead of refused. */
const ANYTHING_FOR_WHAT_HAS_NO_JSON = { unrepresentable: 'any' };

/** Standard JSON Schema, beside Standard Schema: zod's and arktype's schemas have it, valibot's when they are wrapped for it. */
function describesItself(schema: StandardSchemaV1): schema is StandardSchemaV1 & StandardJSONSchemaV1 {
  return 'jsonSchema' in schema['~standard'];
}

/** What of JSON Schema libraries write and a sample depends on. */
type JsonSchema = {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly multipleOf?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
};

type Place = { readonly name: string; readonly definitions: Readonly<Record<string, JsonSchema>>; readonly depth: number };

export const CANARY = 'canary';

/** A schema that holds itself ends here where it may: lists are empty, what is optional is left out. */
const DEEP = 3;
const DEEPEST = 8;
const BY_FORMAT: Readonly<Record<string, string>> = {
  email: `${CANARY}@example.com`,
  uri: 'https://example.com/a',
  uuid: '01890a5d-ac96-774b-bcce-b302099a8057',
  'date-time': '2026-01-01T12:00:00Z',
  date: '2026-01-01',
  time: '12:00:00',
  duration: 'P1D',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
};
/** For a pattern: the first of these that it takes. */
const WORDS = [
  'a',
  'A',
  '1',
  'abc',
  'ABC',
  '123',
  'a1',
  'EUR',
  'US',
  'en-GB',
  '12.50',
  '+491701234567',
  '4111111111111111',
  'DE02120300000000202051',
];

function definitionsOf(schema: object): Readonly<Record<string, JsonSchema>> {
  const inside = '$defs' in schema ? (schema.$defs as Readonly<Record<string, JsonSchema>>) : {};
  // A schema that holds itself refers to `#`.
  return { ...inside, '#': schema as JsonSchema };
}

function exampleOf(schema: JsonSchema, place: Place): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const named = schema.$ref === undefined ? undefined : place.definitions[schema.$ref.split('/').at(-1) ?? ''];
  if (named !== undefined) return place.depth > DEEPEST ? null : exampleOf(named, { ...place, depth: place.depth + 1 });
  const [first] = schema.anyOf ?? schema.oneOf ?? [];
  if (first !== undefined) return exampleOf(first, place);
  if (schema.allOf !== undefined) return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, place)));
  switch (schema.type) {
    case 'object':
      return fieldsOf(schema, place);
    case 'array':
      return schema.prefixItems?.map((item) => exampleOf(item, place)) ?? itemsOf(schema, place);
    case 'string':
      return textOf(schema, place.name);
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return true;
    default:
      return null;
  }
}

function fieldsOf({ properties = {}, required = [] }: JsonSchema, place: Place): Record<string, unknown> {
  const wanted = Object.entries(properties).filter(([name]) => place.depth <= DEEP || required.includes(name));
  return Object.fromEntries(wanted.map(([name, part]) => [name, exampleOf(part, { ...place, name })]));
}

function itemsOf({ items, minItems = 1 }: JsonSchema, place: Place): unknown[] {
  const count = place.depth > DEEP ? minItems : Math.max(1, minItems);
  return items === undefined ? [] : Array.from({ length: count }, () => exampleOf(items, { ...place, depth: place.depth + 1 }));
}

function textOf({ format, pattern, minLength = 0 }: JsonSchema, name: string): string {
  const known = format === undefined ? undefined : BY_FORMAT[format];
  if (known !== undefined) return known;
  const own = (PERSONAL_NAME.test(name) ? `${CANARY}-${name}` : name || 'a').padEnd(minLength, 'a');
  if (pattern === undefined) return own;
  const rule = new RegExp(pattern, 'u');
  // What the pattern begins with, letter by letter, is taken from it: `^p_\d+$`.
  const start = /^\^?([\w-]*)/.exec(pattern)?.[1] ?? '';
  return [own, ...WORDS, ...WORDS.map((word) => start + word)].find((word) => rule.test(word)) ?? own;
}

function numberOf({ minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf = 1 }: JsonSchema): number {
  const least = minimum ?? (exclusiveMinimum === undefined ? 1 : exclusiveMinimum + multipleOf);
  const most = maximum ?? exclusiveMaximum ?? Number.POSITIVE_INFINITY;
  return Math.min(Math.ceil(Math.max(least, 1) / multipleOf) * multipleOf, most);
}
