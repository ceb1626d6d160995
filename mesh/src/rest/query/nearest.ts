import { closest, distance } from 'fastest-levenshtein';

/** The name that was probably meant, if one is close enough to be worth a guess. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || name.length > 64) return undefined;
  const candidate = closest(name, known);
  return distance(name.toLowerCase(), candidate.toLowerCase()) <= Math.max(2, Math.floor(candidate.length / 3)) ? candidate : undefined;
}
