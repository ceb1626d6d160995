import { closest, distance } from 'fastest-levenshtein';

/** The name that was probably meant, if one is close enough to be worth a guess. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || name.length > 64) return undefined;
  const wanted = name.toLowerCase();
  const near = closest(
    wanted,
    known.map((each) => each.toLowerCase()),
  );
  const changes = distance(wanted, near);
  // As many changes as letters: they have nothing in common.
  if (changes >= near.length || changes > Math.max(2, Math.floor(near.length / 3))) return undefined;
  return known.find((each) => each.toLowerCase() === near);
}
