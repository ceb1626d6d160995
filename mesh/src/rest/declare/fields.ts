// What a field of the public contract is: which graph fields it is made from, how its JSON value is made of them, and what OpenAPI says of it.
import { type IdKind, idPattern } from '@portico/contracts/ids';
import { AMOUNT_PATTERN, toDecimal, toDecimalText } from '@portico/contracts/money';
import type { ResourceScope } from '@portico/contracts/scopes';
import type { Resource } from './resource.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;
export type Source = Readonly<Record<string, unknown>>;

export type LeafField = {
  readonly kind: 'leaf';
  /** Graph fields, without what is under them. */
  readonly graph: readonly string[];
  read(source: Source): unknown;
  readonly schema: JsonSchema;
  /** Of an amount: the same with all its digits, as a text. */
  readonly asText?: LeafField;
};
export type ObjectField = {
  readonly kind: 'object';
  readonly graph: string;
  readonly resource: () => Resource;
  readonly many: boolean;
  readonly nullable: boolean;
  readonly description: string;
  /** Set for a join: a field of another resource, which needs that resource's scope and is only there when asked for. */
  readonly scope?: ResourceScope;
};
export type Field = LeafField | ObjectField;

/** A field as it is written down: it learns its name from where it stands. */
export type FieldDeclaration = LeafDeclaration | ObjectDeclaration;
type LeafDeclaration = { leaf(name: string): LeafField };
type ObjectDeclaration = { object(name: string): ObjectField };

type LeafOptions = {
  description?: string;
  example?: unknown;
  nullable?: boolean;
  graph?: string;
  /** What the graph's field is given, with its parentheses. */
  given?: string;
};
type ObjectOptions = { graph?: string; many?: boolean; nullable?: boolean; description: string };

export function text(options: LeafOptions & { format?: string } = {}): LeafDeclaration {
  return leaf({ type: 'string', format: options.format }, options);
}
export function id(kind: IdKind, options: LeafOptions = {}): LeafDeclaration {
  return leaf({ type: 'string', pattern: idPattern(kind) }, options);
}
export function integer(options: LeafOptions = {}): LeafDeclaration {
  return leaf({ type: 'integer' }, options);
}
export function flag(options: LeafOptions = {}): LeafDeclaration {
  return leaf({ type: 'boolean' }, options);
}
export function dateTime(options: LeafOptions = {}): LeafDeclaration {
  return leaf({ type: 'string', format: 'date-time' }, { example: '2026-01-31T09:30:00.000Z', ...options });
}
/** A value whose form is data: it is shown as the graph has it. */
export function json(schema: JsonSchema, options: LeafOptions = {}): LeafDeclaration {
  return leaf(schema, options);
}
/** The same in every answer. */
export function always(value: string, options: LeafOptions = {}): LeafDeclaration {
  const schema = describe({ type: 'string', const: value }, { ...options, example: value });
  return { leaf: () => ({ kind: 'leaf', graph: ['id'], read: () => value, schema }) };
}
export function oneOf(values: readonly string[], options: LeafOptions = {}): LeafDeclaration {
  return leaf({ type: 'string', enum: values }, { example: values[0], ...options });
}

/** A decimal amount in the currency that stands beside it. The graph counts minor units. `example`: in a currency of two digits. */
export function money(options: LeafOptions & { example: number }): LeafDeclaration {
  const { graph, example } = options;
  const asText = { ...options, example: example.toFixed(2) };
  return {
    leaf: (name) => ({
      ...amount(graph ?? name, toDecimal, describe({ type: 'number' }, options)),
      asText: amount(graph ?? name, toDecimalText, describe({ type: 'string', pattern: AMOUNT_PATTERN }, asText)),
    }),
  };
}

function amount(graph: string, write: (minor: number, currency: string) => unknown, schema: JsonSchema): LeafField {
  return {
    kind: 'leaf',
    graph: [graph, 'currency'],
    read: (source) => {
      const minor = source[graph];
      return typeof minor === 'number' ? write(minor, String(source.currency)) : null;
    },
    schema,
  };
}

/** An object that belongs to its parent: an address, the lines of an order. */
export function part(resource: () => Resource, options: ObjectOptions): ObjectDeclaration {
  return {
    object: (name) => ({
      kind: 'object',
      graph: options.graph ?? name,
      resource,
      many: options.many ?? false,
      nullable: options.nullable ?? false,
      description: options.description,
    }),
  };
}

/** Another resource, reached through the graph in the same request. */
export function join(resource: () => Resource, scope: ResourceScope, options: ObjectOptions): ObjectDeclaration {
  return { object: (name) => ({ ...part(resource, options).object(name), scope }) };
}

function leaf(schema: JsonSchema, options: LeafOptions): LeafDeclaration {
  return {
    leaf: (name) => {
      const { graph = name, given = '' } = options;
      return { kind: 'leaf', graph: [graph + given], read: (source) => source[graph] ?? null, schema: describe(schema, options) };
    },
  };
}

function describe(schema: JsonSchema, { description, example, nullable }: LeafOptions): JsonSchema {
  const known = Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
  return {
    ...known,
    ...(nullable ? { type: [schema.type, 'null'] } : {}),
    ...(description === undefined ? {} : { description }),
    ...(example === undefined ? {} : { examples: [example] }),
  };
}
