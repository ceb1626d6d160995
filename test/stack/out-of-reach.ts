/** Limits of a key that no test and no benchmark comes to by accident. */
export const OUT_OF_REACH = {
  quota: { limit: 100_000_000, windowSeconds: 3_600 },
  burst: { limit: 100_000_000, windowSeconds: 60 },
} as const;

/** Windows are aligned to the clock, and with the next one a count begins anew: the seconds of one that does not end within hours. */
export function longWindow(): number {
  const left = (seconds: number): number => seconds - ((Date.now() / 1_000) % seconds);
  return [86_400, 80_000, 70_000].reduce((best, seconds) => (left(seconds) > left(best) ? seconds : best));
}

/** All tests come from one address. */
export const FAILED_AUTHENTICATIONS_PER_MINUTE = '1000000';
