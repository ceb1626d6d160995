import { AppError } from '@portico/contracts/errors';
import type { core, z } from 'zod';

/** The input as the schema describes it. Throws VALIDATION_ERROR with one text per field: `{ 'items[0].quantity': '…' }`. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input, { error: fieldMessage });
  if (parsed.success) return parsed.data;
  const details: Record<string, string> = {};
  for (const issue of tellingIssues(parsed.error)) details[fieldPath(issue.path)] ??= issue.message;
  throw new AppError('VALIDATION_ERROR', undefined, { details });
}

/** A number beyond every whole number is beyond the bounds of its field too: they are told, not those of whole numbers. */
export function tellingIssues({ issues }: z.ZodError): core.$ZodIssue[] {
  return issues.filter((issue, i) => !('note' in issue && fieldPath(issue.path) === fieldPath(issues[i + 1]?.path ?? [])));
}

/** `['items', 0, 'quantity']` → `items[0].quantity`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/** What is wrong with a field, said to whoever sent it. A schema's own message comes before this one. */
export function fieldMessage(issue: core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'It is required.' : `It must be ${ARTICLES[issue.expected] ?? issue.expected}.`;
    case 'too_small':
      if (issue.inclusive === false) return `It must be more than ${issue.minimum}.`;
      return `It must ${issue.origin === 'number' || issue.origin === 'int' ? 'be' : 'have'} at least ${issue.minimum}${UNITS[issue.origin] ?? ''}.`;
    case 'too_big':
      if (issue.inclusive === false) return `It must be less than ${issue.maximum}.`;
      return `It must ${issue.origin === 'number' || issue.origin === 'int' ? 'be' : 'have'} at most ${issue.maximum}${UNITS[issue.origin] ?? ''}.`;
    case 'invalid_key':
      return 'This name is not allowed.';
    case 'invalid_value':
      return `It must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}.`;
    default:
      return undefined;
  }
}

const ARTICLES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a text',
};
const UNITS: Readonly<Record<string, string>> = { array: ' elements', string: ' characters' };
