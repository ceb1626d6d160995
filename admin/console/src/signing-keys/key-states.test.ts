import { expect, it } from 'vitest';
import { keyStates } from './key-states.ts';

it('tells of each signing key what it is good for', () => {
  const now = new Date('2026-11-22T12:00:00.000Z');
  const keys = [
    { id: 'coming', notBefore: '2026-11-23T12:00:00.000Z', retiredAt: null },
    { id: 'signing', notBefore: '2026-11-20T12:00:00.000Z', retiredAt: '2026-11-23T13:01:00.000Z' },
    { id: 'rotated', notBefore: '2026-11-01T12:00:00.000Z', retiredAt: '2026-11-22T12:30:00.000Z' },
    { id: 'withdrawn', notBefore: '2026-10-01T12:00:00.000Z', retiredAt: '2026-11-22T12:00:00.000Z' },
  ];
  expect(Object.fromEntries(keyStates(keys, now))).toEqual({
    coming: 'will sign',
    signing: 'signs now',
    rotated: 'published',
    withdrawn: 'ended',
  });
});
