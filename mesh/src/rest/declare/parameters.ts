// The kinds of query parameters a list can be filtered by. Each parses its text to a value of the graph's filter, or says what is wrong.
import { type IdKind, idPattern, isId } from '@portico/contracts/ids';
import { parseInstant } from '@portico/contracts/instants';
import type { JsonSchema } from './fields.ts';

export type Parsed = { readonly value: unknown } | { readonly problem: string };

export type Parameter = {
  /** The field of the graph's filter. */
  readonly graph: string;
  parse(text: string): Parsed;
  readonly schema: JsonSchema;
  readonly description: string;
  /** Comma-separated in the query. */
  readonly many: boolean;
};

const VALUES_MAX = 50;
const TEXT_MAX = 200;
/** Not by its percent-encoding: clients encode the commas between values too. */
const COMMA = 'Several are separated by commas; a comma in a value is written `\\,`.';

function several(item: JsonSchema, problemOf: (value: string) => string | undefined, graph: string, description: string): Parameter {
  return {
    graph,
    description,
    many: true,
    schema: { type: 'array', items: item, maxItems: VALUES_MAX },
    parse(text) {
      const values = text.split(/(?<!\\),/).map((value) => value.replaceAll('\\,', ',').trim());
      if (values.length > VALUES_MAX) return { problem: `At most ${VALUES_MAX} values.` };
      for (const value of values) {
        const problem =
          value === ''
            ? 'A value is empty.'
            : value.length > TEXT_MAX
              ? `A value is longer than ${TEXT_MAX} characters.`
              : problemOf(value);
        if (problem !== undefined) return { problem };
      }
      return { value: [...new Set(values)] };
    },
  };
}

export function anyOfThese(values: readonly string[], graph: string, description: string): Parameter {
  return several(
    { type: 'string', enum: values },
    (value) => (values.includes(value) ? undefined : `${quote(value)} is not one of ${values.join(', ')}.`),
    graph,
    description,
  );
}

export function anyText(graph: string, description: string): Parameter {
  return several({ type: 'string', maxLength: TEXT_MAX }, () => undefined, graph, `${description} ${COMMA}`);
}

/** An id of the wrong shape names nothing: the list is then empty, as for an id that never was. */
export function anyId(kind: IdKind, graph: string, description: string): Parameter {
  const base = several({ type: 'string', pattern: idPattern(kind) }, () => undefined, graph, description);
  return {
    ...base,
    parse(text) {
      const parsed = base.parse(text);
      return 'problem' in parsed ? parsed : { value: (parsed.value as string[]).filter((value) => isId(kind, value)) };
    },
  };
}

export function decimal(graph: string, description: string): Parameter {
  return one({ type: 'number' }, graph, description, (text) =>
    /^-?\d{1,12}(\.\d{1,6})?$/.test(text) ? { value: Number(text) } : { problem: 'It must be a decimal number.' },
  );
}

export function wholeNumber(graph: string, description: string): Parameter {
  return one({ type: 'integer' }, graph, description, (text) =>
    /^-?\d{1,9}$/.test(text) ? { value: Number(text) } : { problem: 'It must be a whole number.' },
  );
}

export function yesOrNo(graph: string, description: string): Parameter {
  return one({ type: 'boolean' }, graph, description, (text) =>
    text === 'true' || text === 'false' ? { value: text === 'true' } : { problem: 'It must be true or false.' },
  );
}

export function searchText(graph: string, description: string): Parameter {
  return one({ type: 'string', minLength: 1, maxLength: TEXT_MAX }, graph, description, (text) => {
    const trimmed = text.trim();
    return trimmed === '' || trimmed.length > TEXT_MAX ? { problem: `It must have 1 to ${TEXT_MAX} characters.` } : { value: trimmed };
  });
}

/** A date or a date-time. A date stands for its first moment in UTC, or with `end` for its last. */
export function moment(graph: string, description: string, end = false): Parameter {
  return one({ type: 'string', examples: ['2026-01-31', '2026-01-31T09:30:00Z'] }, graph, description, (text) => {
    const date = parseInstant(text, end);
    if (date === undefined) return { problem: 'It must be a date (2026-01-31) or a date-time with a zone (2026-01-31T09:30:00Z).' };
    return { value: date.toISOString() };
  });
}

function one(schema: JsonSchema, graph: string, description: string, parse: (text: string) => Parsed): Parameter {
  return { graph, description, many: false, schema, parse };
}

function quote(value: string): string {
  return JSON.stringify(value.slice(0, 64));
}
