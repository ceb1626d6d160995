// The body of a request, from bytes to a value. Everything that is wrong with it is said with a place.
import { AppError, invalid } from '@portico/contracts/errors';
import { fieldMessage, fieldPath, tellingIssues } from '@portico/service-kit/parse-input';
import type { z } from 'zod';
import { unknownName } from '../selection/selection-tree.ts';

const DEPTH_MAX = 32;
/** Fields that one refusal names: a megabyte of unknown names would be answered with twelve. */
const PROBLEMS_MAX = 50;
/** Characters in which an error is looked for: looking parses them some sixteen times, and a megabyte of brackets took 2.5 s. */
const SEARCHED_MAX = 65_536;
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** How the parser begins to say of a text that more must follow. */
const ENDED = 'Unexpected end';
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** JSON text to a value. VALIDATION_ERROR with the position, for keys that could reach a prototype, and for nesting without end. */
export function parseJson(bytes: Buffer): unknown {
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    throw new AppError('VALIDATION_ERROR', 'The body is not valid UTF-8.');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AppError('VALIDATION_ERROR', 'The body is not valid JSON.', { details: { body: positionOf(error, text) } });
  }
  check(value, [], 0);
  return value;
}

function positionOf(error: unknown, text: string): string {
  const message = messageOf(error);
  const known = positionIn(message);
  if (known === undefined && message.startsWith(ENDED)) return 'It ends too early.';
  const position = known ?? findBreak(text.slice(0, SEARCHED_MAX));
  if ((position ?? SEARCHED_MAX) >= text.length) return 'It ends too early.';
  if (position === undefined) return `Unexpected text after position ${SEARCHED_MAX}.`;
  const before = text.slice(0, position).split('\n');
  return `Unexpected text at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1} (position ${position}).`;
}

/**
 * For a token that it does not expect the parser does not say where it stopped. The first character
 * that breaks it is where a longer beginning stops being merely incomplete.
 */
function findBreak(text: string): number | undefined {
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isBroken(text.slice(0, middle))) bad = middle;
    else good = middle;
  }
  return bad > text.length ? undefined : bad - 1;
}

function isBroken(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return false;
  } catch (error) {
    const position = positionIn(messageOf(error));
    return position === undefined ? !messageOf(error).startsWith(ENDED) : position < beginning.length;
  }
}

/** The parser's messages may quote the text, so only their ends and beginnings are the parser's own. */
function positionIn(message: string): number | undefined {
  const position = / JSON at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(message)?.[1];
  return position === undefined ? undefined : Number(position);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

function check(value: unknown, path: readonly PropertyKey[], depth: number): void {
  // PostgreSQL has no text with U+0000, and half a surrogate pair would be kept as something else than was answered.
  if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed()))
    throw invalid({ [fieldPath(path) || 'body']: 'It contains a character that is not allowed.' });
  if (typeof value !== 'object' || value === null) return;
  if (depth >= DEPTH_MAX) throw new AppError('VALIDATION_ERROR', `The body is nested deeper than ${DEPTH_MAX}.`);
  if (Array.isArray(value)) {
    for (const [i, element] of value.entries()) check(element, [...path, i], depth + 1);
    return;
  }
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw invalid({ [fieldPath([...path, key])]: 'This name is not allowed.' });
    check((value as Record<string, unknown>)[key], [...path, key], depth + 1);
  }
}

/** The value as the route's schema has it. VALIDATION_ERROR with one text per field, and the nearest name for one that is unknown. */
export function parseBody(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value, { error: fieldMessage });
  if (parsed.success) return parsed.data;
  // A map, because a property may be called toString.
  const problems = new Map<string, string>();
  const add = (path: string, problem: string): void => {
    if (problems.size < PROBLEMS_MAX && !problems.has(path)) problems.set(path, problem);
  };
  for (const issue of tellingIssues(parsed.error)) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys.slice(0, PROBLEMS_MAX))
        add(fieldPath([...issue.path, key]), unknownName(key, key, knownKeys(schema, issue.path)));
    } else add(fieldPath(issue.path) || 'body', issue.message);
  }
  throw invalid(Object.fromEntries(problems));
}

type Walkable = { shape?: Readonly<Record<string, z.ZodType>>; element?: z.ZodType; unwrap?: () => z.ZodType; in?: z.ZodType };

function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: Walkable | undefined = unwrapped(schema);
  for (const part of path) at = unwrapped(typeof part === 'number' ? at?.element : at?.shape?.[String(part)]);
  return Object.keys(at?.shape ?? {});
}

function unwrapped(schema: z.ZodType | undefined): Walkable | undefined {
  let at = schema as Walkable | undefined;
  while (at !== undefined && at.shape === undefined && at.element === undefined && (at.unwrap ?? at.in) !== undefined)
    at = (at.unwrap?.() ?? at.in) as Walkable;
  return at;
}
