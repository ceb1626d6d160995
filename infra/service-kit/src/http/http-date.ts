// A date in one of the three forms of HTTP (RFC 9110 §5.6.7). Date.parse would take much more than those.
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH = MONTHS.join('|');
const TIME = '(?<time>\\d{2}:\\d{2}:\\d{2})';
const FORMS = [
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d{2}) (?<month>${MONTH}) (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d{2})-(?<month>${MONTH})-(?<year>\\d{2}) ${TIME} GMT$`),
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<month>${MONTH}) (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`),
];

/** Unix milliseconds; undefined for what is no such date. `now`: to tell the century of a two-digit year by. */
export function parseHttpDate(text: string, now: number): number | undefined {
  const found = FORMS.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
  if (found === undefined) return undefined;
  const { day = '', month = '', year = '', time = '' } = found;
  const [hour = 0, minute = 0, second = 0] = time.split(':').map(Number);
  // 60 is a leap second.
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const monthIndex = MONTHS.indexOf(month);
  const fullYear = year.length === 2 ? centuryOf(Number(year), now) : Number(year);
  const date = Date.UTC(fullYear, monthIndex, Number(day));
  // Date.UTC rolls 31 February over into March.
  if (new Date(date).getUTCMonth() !== monthIndex || Number(day) < 1) return undefined;
  return date + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** RFC 9110: a two-digit year that seems more than 50 years ahead is of the century before. */
function centuryOf(year: number, now: number): number {
  const thisYear = new Date(now).getUTCFullYear();
  const full = thisYear - (thisYear % 100) + year;
  return full > thisYear + 50 ? full - 100 : full;
}
