// The graph's own scalars. Rows carry instants as PostgreSQL prints them, so an answer needs no Date objects.
import { parseInstant } from '@portico/contracts/instants';
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';

const PG_INSTANT = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,3})\d*)?\+00$/;
const DECIMAL = /^-?\d{1,15}(\.\d{1,6})?$/;

/** `2026-01-31 09:30:00.5+00` or a Date → `2026-01-31T09:30:00.500Z`. */
export function toIsoInstant(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  const match = PG_INSTANT.exec(String(value));
  if (match !== null) return `${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(3, '0')}Z`;
  return new Date(String(value)).toISOString();
}

const DateTime = scalar('DateTime', toIsoInstant, (value) => {
  const date = typeof value === 'string' ? parseInstant(value) : undefined;
  if (date === undefined) throw refused('an ISO 8601 date or date-time with a zone');
  return date.toISOString();
});

const MinorUnits = scalar('MinorUnits', Number, (value) => {
  if (!Number.isSafeInteger(value)) throw refused('a whole number');
  return value;
});

const Decimal = scalar('Decimal', Number, (value) => {
  const number = typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw refused('a decimal number');
  return number;
});

/** Whatever JSON holds. Its form is for whoever takes it to check. */
const Json = new GraphQLScalarType({
  name: 'JSON',
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
});

export const SCALARS: Readonly<Record<string, GraphQLScalarType>> = { DateTime, MinorUnits, Decimal, JSON: Json };

function scalar(name: string, serialize: (value: unknown) => unknown, parseValue: (value: unknown) => unknown): GraphQLScalarType {
  return new GraphQLScalarType({ name, serialize, parseValue, parseLiteral: (node) => parseValue(literal(node)) });
}

function literal(node: ValueNode): unknown {
  if (node.kind === Kind.INT || node.kind === Kind.FLOAT) return Number(node.value);
  return node.kind === Kind.STRING ? node.value : undefined;
}

function refused(expected: string): GraphQLError {
  return new GraphQLError(`This must be ${expected}.`, { extensions: { code: 'VALIDATION_ERROR' } });
}
