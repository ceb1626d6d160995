import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createBlindIndex, createKeyRing, type KeyRing, nextKeyVersion } from './key-ring.ts';
import { sealedText } from './sealed-columns.ts';

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

  it('gains a key in steps, at each of which every process reads what those of the step before and after write', () => {
    const [one, two] = [key(), key()];
    const steps = [`1:${one}`, `1:${one},2:${two}:later`, `1:${one},2:${two}`, `2:${two}`];
    const rings = steps.map(createKeyRing);
    expect(rings.map(({ newest }) => newest)).toEqual([1, 1, 2, 2]);
    for (const [older, newer] of [rings.slice(0, 2), rings.slice(1, 3)] as [KeyRing, KeyRing][]) {
      expect(older.decrypt(newer.encrypt('x', 'place'), 'place').toString()).toBe('x');
      expect(newer.decrypt(older.encrypt('x', 'place'), 'place').toString()).toBe('x');
    }
    expect(steps.map(nextKeyVersion)).toEqual([2, 3, 3, 3]);
  });

  it('takes nothing back under an older key that another process has moved to a newer one', () => {
    const [one, two] = [key(), key()];
    const [older, newer] = [createKeyRing(`1:${one},2:${two}:later`), createKeyRing(`1:${one},2:${two}`)];
    const column = sealedText('shop.thing.name');
    const moved = column.reseal(newer, 'thing_1', column.seal(older, 'thing_1', 'x'));
    expect(moved).toMatch(/^2\./);
    expect(column.reseal(older, 'thing_1', moved)).toBe(moved);
  });

  it.each([`1:${key()}:now`, `1:${key()}:later`, `1:${key()},1:${key()}`, '', 'x', '1:abc', `0:${key()}`, key()])(
    'refuses the specification %j',
    (spec) => {
      expect(() => createKeyRing(spec)).toThrow();
    },
  );
});

describe('a blind index', () => {
  it('is equal for equal texts of one scope only', () => {
    const index = createBlindIndex(key());
    expect(index('a', 'x')).toBe(index('a', 'x'));
    expect(new Set([index('a', 'x'), index('b', 'x'), index('a', 'y'), index('', 'a\nx')]).size).toBe(4);
  });
});
