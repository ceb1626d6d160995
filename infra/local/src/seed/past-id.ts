import { type IdKind, newId } from '@portico/contracts/ids';
import { BASE32 } from '@portico/contracts/time-ordered';
import type { Random } from './random.ts';

const SUFFIX_LENGTH = 26;
const VERSION_7 = 0x7n;
const VARIANT = 0b10n;

/** An id as it would have been made at that time, so that a seeded row sorts by its id as it does by its age (RFC 9562 §5.7). */
export function pastId(kind: IdKind, atMs: number, random: Random): string {
  const randomBits = (bits: number): bigint => BigInt(Math.floor(random.next() * 2 ** bits));
  const head = (BigInt(atMs) << 16n) | (VERSION_7 << 12n) | randomBits(12);
  const tail = (VARIANT << 62n) | (randomBits(31) << 31n) | randomBits(31);
  // JavaScript writes numbers of base 32 with other digits.
  const digits = ((head << 64n) | tail).toString(32).padStart(SUFFIX_LENGTH, '0');
  return newId(kind, Array.from(digits, (digit) => BASE32[Number.parseInt(digit, 32)]).join(''));
}
