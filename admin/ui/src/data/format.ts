// Numbers and times as people read them, in their own zone and in one language.
const LOCALE = 'en-GB';
const number = new Intl.NumberFormat('en-US');
const dateTime = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short' });
const precise = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'medium' });
const date = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium' });
const dayOfMonth = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', timeZone: 'UTC' });

export const formatNumber = (value: number): string => number.format(value);
export const formatTime = (at: string): string => dateTime.format(new Date(at));
export const formatPreciseTime = (at: string): string => precise.format(new Date(at));
export const formatDate = (at: string): string => date.format(new Date(at));
/** A day of usage, which is counted in UTC: `2026-11-03`. */
export const formatDay = (day: string): string => dayOfMonth.format(new Date(`${day}T00:00:00Z`));

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** How long something took. */
export function formatDuration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  return ms < MINUTE_MS ? `${(ms / SECOND_MS).toFixed(1)} s` : `${Math.round(ms / MINUTE_MS)} min`;
}

/** `1 key`, `2 keys`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : several}`;
}

const DAY_MS = 86_400_000;

/** The UTC day that was so many days ago: `2026-11-03`. */
export function utcDay(daysAgo: number, now = new Date()): string {
  return new Date(now.getTime() - daysAgo * DAY_MS).toISOString().slice(0, 10);
}
