// An opaque place in a sorted list: the sort keys of the row at its edge. Reading on from a place costs the same at any depth.
import { AppError } from '@portico/contracts/errors';
import { z } from 'zod';
import { parseJson } from '../parse-json.ts';

export type Cursor = {
  /** Forward from the row, or backward. */
  direction: 'after' | 'before';
  /** The sort the place belongs to; a place in another order means nothing. */
  order: string;
  /** The row's sort keys as PostgreSQL prints them, its id last. */
  keys: readonly (string | number)[];
};

const shape = z.tuple([
  z.enum(['after', 'before']),
  z.string(),
  z
    .array(z.union([z.string(), z.number()]))
    .min(1)
    .max(8),
]);

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.direction, cursor.order, cursor.keys])).toString('base64url');
}

/** Throws VALIDATION_ERROR for a text that is no cursor, or the cursor of a list in another order. */
export function decodeCursor(text: string, order: string, keyCount: number): Cursor {
  const parsed = shape.safeParse(parseJson(Buffer.from(text, 'base64url')));
  if (!parsed.success || parsed.data[2].length !== keyCount) throw badCursor('It is not a cursor that a list answered with.');
  const [direction, cursorOrder, keys] = parsed.data;
  if (cursorOrder !== order) throw badCursor('It belongs to a list that is sorted in another way.');
  return { direction, order, keys };
}

/** A place whose keys are no values of their columns is refused by PostgreSQL (class 22, data exception); all else that a list is asked by is typed. */
export function refusedPlace(error: unknown): unknown {
  const isData = error instanceof Error && 'code' in error && String(error.code).startsWith('22');
  return isData ? badCursor('It is not a cursor that a list answered with.') : error;
}

function badCursor(reason: string): AppError {
  return new AppError('VALIDATION_ERROR', undefined, { details: { cursor: reason } });
}
