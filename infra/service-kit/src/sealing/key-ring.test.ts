import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createBlindIndex, createKeyRing } from './key-ring.ts';

const key = (): string => randomBytes(32).toString('base64');

describe('a key ring', () => {
  it('reads under every key and writes under the newest', () => {
    const [one, two] = [key(), key()];
    const old = createKeyRing(`1:${one}`).encrypt('secret', 'place');
    const ring = createKeyRing(`1:${one},2:${two}`);
    expect(ring.decrypt(old, 'place').toString()).toBe('secret');
    expect(ring.encrypt('secret', 'place')).toMatch(/^2\./);
  });

  it('never gives the same text twice, nor a text in another place, nor an altered one', () => {
    const ring = createKeyRing(`1:${key()}`);
    const sealed = ring.encrypt('secret', 'a');
    expect(ring.encrypt('secret', 'a')).not.toBe(sealed);
    expect(() => ring.decrypt(sealed, 'b')).toThrow();
    const altered = `${sealed.slice(0, -2)}${sealed.at(-2) === 'A' ? 'B' : 'A'}${sealed.at(-1)}`;
    expect(() => ring.decrypt(altered, 'a')).toThrow();
    expect(() => ring.decrypt(sealed.replace(/^1/, '9'), 'a')).toThrow(/no key of version 9/);
  });

  it.each(['', 'x', '1:abc', `0:${key()}`, key()])('refuses the specification %j', (spec) => {
    expect(() => createKeyRing(spec)).toThrow();
  });
});

describe('a blind index', () => {
  it('is equal for equal texts of one scope only', () => {
    const index = createBlindIndex(key());
    expect(index('a', 'x')).toBe(index('a', 'x'));
    expect(new Set([index('a', 'x'), index('b', 'x'), index('a', 'y'), index('', 'a\nx')]).size).toBe(4);
  });
});
