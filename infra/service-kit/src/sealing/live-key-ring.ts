import { createKeyRing, type KeyRing } from './key-ring.ts';

/** The ring, or where it is read from: one that is read may gain keys while the program runs. */
export type SecretKeys = string | (() => string);

export type LiveKeyRing = KeyRing & {
  /** Reads the ring anew: whoever has just added a key means to use it. */
  renew(): void;
};

/**
 * A ring that may gain keys while the program runs. What another process sealed under a key that is not known here makes it read the
 * ring anew, so that a rotation needs no restart.
 */
export function createLiveKeyRing(keys: SecretKeys): LiveKeyRing {
  const read = typeof keys === 'string' ? () => keys : keys;
  let spec = read();
  let ring = createKeyRing(spec);
  const renew = (): void => {
    const current = read();
    if (current !== spec) [spec, ring] = [current, createKeyRing(current)];
  };
  return {
    renew,
    get newest() {
      return ring.newest;
    },
    encrypt: (plaintext, aad) => ring.encrypt(plaintext, aad),
    decrypt(ciphertext, aad) {
      if (Number.parseInt(ciphertext, 10) > ring.newest) renew();
      return ring.decrypt(ciphertext, aad);
    },
  };
}
