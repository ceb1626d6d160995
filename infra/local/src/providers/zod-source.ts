// JSON Schema, as OpenAPI 3.0 and 3.1 write it, as the source of zod schemas. Unknown fields of an answer are let pass: providers add some.
// What is not understood is `z.unknown()`, never a guess.
import type { JsonSchema } from './json-schema.ts';

export type SourceOptions = {
  /** The source of what a `$ref` names. */
  refer(ref: string): string;
  /** Whether a field of this name is personal. */
  isPersonal(name: string): boolean;
};

/** `z.object({ … })`. */
export function zodSource(schema: JsonSchema, options: SourceOptions): string {
  const types = [schema.type ?? []].flat();
  const others = types.filter((type) => type !== 'null');
  const sources = (others.length > 0 ? others : types.slice(0, 1)).map((type) => notNull({ ...schema, type }, options));
  const source = choiceSource([...new Set(sources.length > 0 ? sources : [notNull({ ...schema, type: undefined }, options)])]);
  const isNullable = schema.nullable === true || types.includes('null');
  return isNullable && source !== 'z.null()' ? `${source}.nullable()` : source;
}

function notNull(schema: JsonSchema & { type?: string }, options: SourceOptions): string {
  if (schema.$ref !== undefined) return options.refer(schema.$ref);
  if (schema.const !== undefined) return literalSource(schema.const);
  if (schema.enum !== undefined) return enumSource(schema.enum.filter((value) => value !== null));
  const [first, ...others] = schema.allOf ?? [];
  if (first !== undefined) return others.reduce((source, part) => `${source}.and(${zodSource(part, options)})`, zodSource(first, options));
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choiceSource(choices.map((choice) => zodSource(choice, options)));
  switch (schema.type) {
    case 'object':
      return objectSource(schema, options);
    case 'array':
      return `z.array(${schema.items === undefined ? 'z.unknown()' : zodSource(schema.items, options)})${bounds(schema.minItems, schema.maxItems)}`;
    case 'string':
      return stringSource(schema);
    case 'integer':
    case 'number':
      return numberSource(schema);
    case 'boolean':
      return 'z.boolean()';
    case 'null':
      return 'z.null()';
    default:
      return schema.properties === undefined ? 'z.unknown()' : objectSource(schema, options);
  }
}

/** A JavaScript name of a field as it is, any other in quotes. The one that would set a prototype is computed. */
export function fieldName(name: string): string {
  if (name === '__proto__') return `['${name}']`;
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function enumSource(values: readonly unknown[]): string {
  if (values.length === 0) return 'z.null()';
  if (values.every((value) => typeof value === 'string')) return `z.enum(${JSON.stringify(values)})`;
  return choiceSource(values.map(literalSource));
}

/** Of a value that is no object; what an object has to equal is not described. */
function literalSource(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'z.unknown()' : `z.literal(${JSON.stringify(value)})`;
}

function choiceSource(sources: readonly string[]): string {
  const [only, another] = sources;
  if (only === undefined) return 'z.unknown()';
  return another === undefined ? only : `z.union([${sources.join(', ')}])`;
}

function objectSource({ properties = {}, required = [], additionalProperties }: JsonSchema, options: SourceOptions): string {
  const entries = Object.entries(properties);
  if (entries.length === 0) {
    const values = typeof additionalProperties === 'object' ? zodSource(additionalProperties, options) : 'z.unknown()';
    return `z.record(z.string(), ${values})`;
  }
  const fields = entries.map(([name, part]) => {
    const own = zodSource(part, options);
    const tagged = options.isPersonal(name) ? personal(own) : own;
    return `${fieldName(name)}: ${required.includes(name) ? tagged : `${tagged}.optional()`}`;
  });
  return `z.object({ ${fields.join(', ')} })`;
}

/** What holds no more than yes or no, or one of a few known words, tells nothing of a person. */
function personal(own: string): string {
  if (/^z\.(boolean|enum|literal|null)\b/.test(own)) return own;
  // The tag is on the schema: a shared one would have it wherever it is used.
  return /^\w+$/.test(own) ? `pii(${own}.clone())` : `pii(${own})`;
}

const FORMATS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    email: 'z.email()',
    uuid: 'z.guid()',
    uri: 'z.url()',
    'date-time': 'z.iso.datetime({ offset: true })',
    date: 'z.iso.date()',
    ipv4: 'z.ipv4()',
    ipv6: 'z.ipv6()',
  }),
);

function stringSource({ format, pattern, minLength, maxLength }: JsonSchema): string {
  const start = FORMATS.get(format ?? '') ?? 'z.string()';
  const rule =
    pattern === undefined || !isRegExp(pattern) || mayTakeForEver(pattern) ? '' : `.regex(new RegExp(${JSON.stringify(pattern)}, 'u'))`;
  return start + bounds(minLength, maxLength) + rule;
}

function numberSource({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  // In OpenAPI 3.0 the exclusive bounds are switches, since 3.1 numbers.
  const above = exclusiveMinimum === true ? minimum : exclusiveMinimum;
  const below = exclusiveMaximum === true ? maximum : exclusiveMaximum;
  const least = exclusiveMinimum === true ? undefined : minimum;
  const most = exclusiveMaximum === true ? undefined : maximum;
  const lower = typeof above === 'number' ? `.gt(${above})` : '';
  const upper = typeof below === 'number' ? `.lt(${below})` : '';
  return `${type === 'integer' ? 'z.int()' : 'z.number()'}${lower}${upper}${bounds(least, most)}`;
}

function bounds(least: number | undefined, most: number | undefined): string {
  return `${least === undefined ? '' : `.min(${least})`}${most === undefined ? '' : `.max(${most})`}`;
}

/**
 * Whether a text could keep a pattern busy for ever, and with it the whole process: that takes a group that is repeated, like `(a+)+`. Some
 * that do no harm are among them. Escapes and classes hold no groups.
 */
function mayTakeForEver(pattern: string): boolean {
  return /\)[*+{]/.test(pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]/gs, '_'));
}

function isRegExp(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') !== undefined;
  } catch {
    return false;
  }
}
