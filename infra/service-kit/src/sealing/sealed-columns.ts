// Personal data at rest: one column, one ciphertext, bound to its row and column so that it cannot be moved to another.
import type { KeyRing } from './key-ring.ts';

export type SealedColumn<Value> = {
  seal(ring: KeyRing, rowId: string, value: Value): string;
  open(ring: KeyRing, rowId: string, sealed: string): Value;
  /** The same value under the ring's newest key; as it is when another process sealed it under one that comes after that. */
  reseal(ring: KeyRing, rowId: string, sealed: string): string;
};

/** `place` names the column: `customers.customer.email`. */
export function sealedText(place: string): SealedColumn<string> {
  return {
    reseal(ring, rowId, sealed) {
      const text = ring.decrypt(sealed, `${place}:${rowId}`);
      return Number.parseInt(sealed, 10) > ring.newest ? sealed : ring.encrypt(text, `${place}:${rowId}`);
    },
    seal: (ring, rowId, value) => ring.encrypt(value, `${place}:${rowId}`),
    open: (ring, rowId, sealed) => ring.decrypt(sealed, `${place}:${rowId}`).toString(),
  };
}

export function sealedJson<Value>(place: string): SealedColumn<Value> {
  const text = sealedText(place);
  return {
    reseal: text.reseal,
    seal: (ring, rowId, value) => text.seal(ring, rowId, JSON.stringify(value)),
    open: (ring, rowId, sealed) => JSON.parse(text.open(ring, rowId, sealed)) as Value,
  };
}
