import { describe, expect, it } from 'vitest';
import { endedFailure, failureOfStatus } from './failure.ts';

describe('a failure says that the provider had too much to do', () => {
  it.each([
    [408, true],
    [429, true],
    [503, true],
    [504, true],
    [400, false],
    [401, false],
    [404, false],
    [500, false],
    [502, false],
  ])('by its status: %i, %s', (status, overload) => {
    expect(failureOfStatus({ status, headers: {}, body: Buffer.from('') }, '', undefined).overload ?? false).toBe(overload);
  });

  it('by the time it took, where it had time enough', () => {
    expect(endedFailure('attempt', 'maybe', true).overload).toBe(true);
    expect(endedFailure('deadline', 'maybe', false).overload).toBe(false);
    expect(endedFailure('caller', 'maybe', true).overload).toBeUndefined();
    expect(endedFailure('hedge', 'maybe', true).overload).toBeUndefined();
  });
});
