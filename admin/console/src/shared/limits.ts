// Limits in words and in forms.
import type { RateLimit } from '@portico/contracts/tiers';
import { counted, formatNumber } from '@portico/ui/data/format';

const WINDOWS: Readonly<Record<number, string>> = { 1: 'a second', 60: 'a minute', 3600: 'an hour', 86400: 'a day' };

/** `250 an hour`. */
export function limitInWords({ limit, windowSeconds }: RateLimit): string {
  return `${formatNumber(limit)} ${windowInWords(windowSeconds)}`;
}

function windowInWords(seconds: number): string {
  return WINDOWS[seconds] ?? `in ${counted(seconds, 'second')}`;
}

/** Of a form: what is being typed may be no number yet. */
export type LimitInput = { limit: number | string; windowSeconds: number };

/** The usual windows, and one that is in use. */
export function windowChoices(present: number): { value: string; label: string }[] {
  const seconds = [...new Set([...Object.keys(WINDOWS).map(Number), present])].sort((a, b) => a - b);
  return seconds.map((value) => ({ value: String(value), label: windowInWords(value) }));
}

/** As the server takes it, which says what is wrong with a limit that is no number. */
export function limitOf(input: LimitInput): RateLimit;
export function limitOf(input: LimitInput | null): RateLimit | null;
export function limitOf(input: LimitInput | null): RateLimit | null {
  return input && { limit: Number(input.limit || Number.NaN), windowSeconds: input.windowSeconds };
}
