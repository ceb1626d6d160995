import { AppError, invalid } from '@portico/contracts/errors';
import { unknownName } from '../selection/selection-tree.ts';

const LENGTH_MAX = 4_096;

/**
 * The parameters of a query string. Every name must be allowed and come once; an unknown one is refused with the nearest known one,
 * because a filter that is silently ignored gives an answer to another question.
 */
export function parseQueryString(text: string, allowed: readonly string[]): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  if (text === '') return parameters;
  if (text.length > LENGTH_MAX) throw new AppError('VALIDATION_ERROR', `The query is longer than ${LENGTH_MAX} characters.`);
  // A map, because a parameter may be called __proto__.
  const problems = new Map<string, string>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = parameterName(pair);
    const value = decode(equals < 0 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined) throw new AppError('VALIDATION_ERROR', 'The query is not valid percent-encoding.');
    if (!allowed.includes(name)) problems.set(name.slice(0, 64), unknownName(name, name, allowed));
    else if (parameters.has(name)) problems.set(name, 'It is given more than once. Separate several values by commas.');
    // PostgreSQL has no text with it.
    else if (value.includes('\0')) problems.set(name, 'It contains U+0000, which is not allowed.');
    else parameters.set(name, value);
  }
  if (problems.size > 0) throw invalid(Object.fromEntries(problems));
  return parameters;
}

/** The name in `name=value`; undefined when it is not valid percent-encoding. */
export function parameterName(pair: string): string | undefined {
  return decode(pair.split('=', 1)[0] ?? '');
}

function decode(text: string): string | undefined {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
