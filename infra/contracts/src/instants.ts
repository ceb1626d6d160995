// Dates and date-times as they come in: ISO 8601, with a zone, and such as PostgreSQL keeps.
import { z } from 'zod';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** A date stands for its first moment in UTC, or with `end` for its last. Undefined for what is neither date nor date-time. */
export function parseInstant(text: string, end = false): Date | undefined {
  const whole = DATE.test(text);
  if (!whole && !DATE_TIME.test(text)) return undefined;
  const date = new Date(whole ? `${text}T${end ? '23:59:59.999' : '00:00:00.000'}Z` : text);
  return isDay(text.slice(0, 10)) && isKept(date) ? date : undefined;
}

/** 2026-02-30 would become the 2nd of March. */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** PostgreSQL knows no year 0, and a year of five digits is written otherwise. False for a date that is none. */
function isKept(date: Date): boolean {
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9_999;
}

const NO_INSTANT = 'It must be a date-time in UTC (2026-01-31T09:30:00Z).';
const NO_DAY = 'It must be a day (2026-01-31).';

/** Schema of a date-time in UTC that PostgreSQL keeps, as a text. */
export const instantInUtc = z.iso.datetime(NO_INSTANT).refine(isInstant, NO_INSTANT);
/** Schema of a day that PostgreSQL keeps, as a text. */
export const day = z.iso.date(NO_DAY).refine(isInstant, NO_DAY);

export function isInstant(text: string): boolean {
  return parseInstant(text) !== undefined;
}
