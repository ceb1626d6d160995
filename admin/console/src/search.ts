// What stands behind the question mark of an address, read as it comes: anybody can write there. What is no value of its kind is not there.
import { MODES, type Mode } from '@portico/contracts/modes';
import { utcDay } from '@portico/ui/data/format';

/** A text that was given; an empty one says nothing. */
export function searchText(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

export function searchWord<Word extends string>(words: readonly Word[], value: unknown): Word | undefined {
  return words.find((word) => word === value);
}

/** A day: `2026-11-03`. */
export function searchDay(value: unknown): string | undefined {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

/** Days and mode that usage is narrowed to. */
export type RangeSearch = { from?: string; to?: string; mode?: Mode };

export function rangeSearch({ from, to, mode }: Record<string, unknown>): RangeSearch {
  return { from: searchDay(from), to: searchDay(to), mode: searchWord(MODES, mode) };
}

/** So many days until today, unless others are named. */
export function rangeOf({ from, to, mode }: RangeSearch, days: number) {
  return { from: from ?? utcDay(days - 1), to: to ?? utcDay(0), mode };
}
