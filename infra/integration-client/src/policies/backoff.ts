/** Full jitter: anything from nothing to the doubled wait, so that callers who failed together do not come back together. In milliseconds. */
export function backoff(retry: number, { baseMs, capMs }: { baseMs: number; capMs: number }, random: () => number): number {
  return Math.floor(random() * Math.min(capMs, baseMs * 2 ** (retry - 1)));
}
