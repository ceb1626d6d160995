import { createKeyRing, type KeyRing } from './key-ring.ts';

/** The ring, or where it is read from: one that is read may gain keys while the program runs. */
export type SecretKeys = string | (() => string);

/**
 * A ring that may gain keys while the program runs. What another process sealed under a key that is not known here makes it read the
 * ring anew, so that a rotation needs no restart.
 */
export function createLiveKeyRing(keys: SecretKeys): KeyRing {
  const read = typeof keys === 'string' ? () => keys : keys;
  let spec = read();
  let ring = createKeyRing(spec);
  return {
    get newest() {
      return ring.newest;
    },
    encrypt: (plaintext, aad) => ring.encrypt(plaintext, aad),
    decrypt(ciphertext, aad) {
      if (Number.parseInt(ciphertext, 10) > ring.newest) {
        const current = read();
        if (current !== spec) [spec, ring] = [current, createKeyRing(current)];
      }
      return ring.decrypt(ciphertext, aad);
    },
  };
}
