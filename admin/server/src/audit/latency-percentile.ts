import { LATENCY_BOUNDS_MS } from '@portico/contracts/audit';

/**
 * The latency, in milliseconds, that a share of the requests stays at or below. Within a class it is taken to rise evenly; what is beyond the
 * last bound is given as that bound. Undefined for no requests.
 */
export function latencyPercentile(counts: readonly number[], share: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let left = share * total;
  let lower = 0;
  for (const [i, upper] of LATENCY_BOUNDS_MS.entries()) {
    const count = counts[i] ?? 0;
    if (count > 0 && left <= count) return Math.round((lower + ((upper - lower) * left) / count) * 100) / 100;
    left -= count;
    lower = upper;
  }
  return lower;
}
