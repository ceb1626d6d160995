// When a provider says to come again. RFC 9110 §10.2.3: a delay in seconds or a date, and a date has three forms (§5.6.7). Providers have
// headers of their own besides, which hold the same, or the second of the epoch at which a window ends.

const DELAY = /^\d{1,10}(\.\d{1,3})?$/;
const IMF_FIXDATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const RFC_850 = /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}:\d{2}:\d{2}) GMT$/;
const ASCTIME = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}:\d{2}:\d{2}) (\d{4})$/;
/** A number above this is an instant and not a delay: ten years in seconds. */
const LONGEST_DELAY_S = 315_360_000;
/** And above this an instant in milliseconds. */
const LATEST_EPOCH_S = 100_000_000_000;
const MS = 1_000;

/**
 * The earliest instant (ms of the epoch) at which to come again; undefined when nothing says it understandably. A past date means now.
 * `hints`: headers to read besides `Retry-After`, whose latest instant counts.
 */
export function retryAfter(headers: Readonly<Record<string, string>>, hints: readonly string[], now: number): number | undefined {
  let latest: number | undefined;
  for (const name of ['retry-after', ...hints]) {
    const at = parseRetryAfter(headers[name.toLowerCase()], now);
    if (at !== undefined && (latest === undefined || at > latest)) latest = at;
  }
  return latest;
}

export function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  const value = text?.trim();
  if (value === undefined || value === '') return undefined;
  if (DELAY.test(value) || /^\d{11,13}$/.test(value)) return instantOf(Number(value), now);
  const at = parseHttpDate(value, now);
  return at === undefined ? undefined : Math.max(at, now);
}

function instantOf(amount: number, now: number): number {
  if (amount <= LONGEST_DELAY_S) return now + Math.ceil(amount * MS);
  return Math.max(amount < LATEST_EPOCH_S ? amount * MS : amount, now);
}

function parseHttpDate(value: string, now: number): number | undefined {
  if (IMF_FIXDATE.test(value)) return known(Date.parse(value));
  const [, day, month, year, time] = RFC_850.exec(value) ?? [];
  if (year !== undefined) return known(Date.parse(`${day} ${month} ${fullYear(Number(year), now)} ${time} GMT`));
  const [, name, date, clock, fourDigits] = ASCTIME.exec(value) ?? [];
  return name === undefined ? undefined : known(Date.parse(`${date?.trim()} ${name} ${fourDigits} ${clock} GMT`));
}

/** Two digits that would be more than 50 years ahead are of the century before (RFC 9110 §5.6.7). */
function fullYear(twoDigits: number, now: number): number {
  const present = new Date(now).getUTCFullYear();
  const year = Math.floor(present / 100) * 100 + twoDigits;
  return year > present + 50 ? year - 100 : year;
}

function known(instant: number): number | undefined {
  return Number.isNaN(instant) ? undefined : instant;
}
