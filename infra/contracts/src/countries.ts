import { iso31661 } from 'iso-3166';

const CODES: ReadonlySet<string> = new Set(iso31661.filter((country) => country.state === 'assigned').map((country) => country.alpha2));

/** Whether the text is an assigned ISO 3166-1 alpha-2 code, in upper case. */
export function isCountryCode(text: string): boolean {
  return CODES.has(text);
}
