import { describe, expect, it } from 'vitest';
import { createKeyRing } from './key-ring.ts';
import { createLiveKeyRing } from './live-key-ring.ts';

const key = (version: number): string => `${version}:${Buffer.alloc(32, version).toString('base64')}`;

describe('a ring that gains keys', () => {
  it('opens what another process sealed under a key that was added since, and seals under it from then on', () => {
    let spec = key(1);
    const ring = createLiveKeyRing(() => spec);
    const old = ring.encrypt('old', 'place');
    spec = `${key(1)},${key(2)}`;
    const sealedElsewhere = createKeyRing(spec).encrypt('new', 'place');
    expect([ring.newest, ring.decrypt(sealedElsewhere, 'place').toString(), ring.newest]).toEqual([1, 'new', 2]);
    expect([ring.decrypt(old, 'place').toString(), ring.encrypt('x', 'place').startsWith('2.')]).toEqual(['old', true]);
  });

  it('seals under a key that was added once it is told to look', () => {
    let spec = key(1);
    const ring = createLiveKeyRing(() => spec);
    spec = `${key(1)},${key(2)}`;
    ring.renew();
    expect(ring.newest).toBe(2);
  });

  it('says which key is missing when nobody has it', () => {
    const ring = createLiveKeyRing(() => key(1));
    expect(() => ring.decrypt('3.AAAA', 'place')).toThrow('no key of version 3');
  });
});
