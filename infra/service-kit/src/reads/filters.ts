// The conditions a list can be filtered by. Each is a piece of SQL around one parameter, so that the text of a statement
// depends on which filters are given and never on their values.
import { invalid } from '@portico/contracts/errors';

export type Filter = {
  /** SQL of the condition; `p` is the placeholder, `$7`. */
  sql(p: string): string;
  /** The parameter's value from the filter's input. */
  value(input: unknown): unknown;
};

const SEARCH_TEXT_MAX = 200;

const asIs = (input: unknown): unknown => input;

/** The column is one of the given values. */
export function anyOf(column: string): Filter {
  return { sql: (p) => `${column} = any(${p})`, value: asIs };
}

export function atLeast(column: string): Filter {
  return { sql: (p) => `${column} >= ${p}`, value: asIs };
}

export function atMost(column: string): Filter {
  return { sql: (p) => `${column} <= ${p}`, value: asIs };
}

export function equals(expression: string): Filter {
  return { sql: (p) => `${expression} = ${p}`, value: asIs };
}

/** Every word of the text begins a word of the `tsvector` column. */
export function words(column: string): Filter {
  return { sql: (p) => `${column} @@ to_tsquery('simple', ${p})`, value: (input) => toPrefixQuery(searchText(String(input))) };
}

/** The text of a search. VALIDATION_ERROR for a long one: each of its words is looked for. */
export function searchText(text: string): string {
  if (text.length > SEARCH_TEXT_MAX) throw invalid({ 'filter.q': `It must have at most ${SEARCH_TEXT_MAX} characters.` });
  return text;
}

/** A filter of its own making: `sql` around the placeholder, `value` from the input, by default the input itself. */
export function custom(sql: (p: string) => string, value: (input: unknown) => unknown = asIs): Filter {
  return { sql, value };
}

/** "Blue mug" → `blue:* & mug:*`. Only letters and digits get through, so that the text cannot be a query of its own. */
export function toPrefixQuery(text: string): string {
  const found = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  // A text without a word finds nothing rather than everything.
  return found.length === 0 ? "'\u0001'" : found.map((word) => `${word}:*`).join(' & ');
}
