import { expect, it } from 'vitest';
import { stateDifference } from './state-difference.ts';

it('has what changed before what did not, and tells a field that was not there from one that was empty', () => {
  const before = { name: 'Acme', tier: 'pro', quota: null };
  const after = { name: 'Acme', tier: 'free', quota: { limit: 7, windowSeconds: 60 }, note: '' };
  expect(stateDifference(before, after)).toEqual([
    { field: 'tier', before: 'pro', after: 'free', isChanged: true },
    { field: 'quota', before: 'null', after: '{"limit":7,"windowSeconds":60}', isChanged: true },
    { field: 'note', before: undefined, after: '', isChanged: true },
    { field: 'name', before: 'Acme', after: 'Acme', isChanged: false },
  ]);
  expect(stateDifference(null, { name: 'Acme' })).toEqual([{ field: 'name', before: undefined, after: 'Acme', isChanged: true }]);
  expect(stateDifference(null, null)).toEqual([]);
});
