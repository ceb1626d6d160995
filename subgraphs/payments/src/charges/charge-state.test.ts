import { describe, expect, it } from 'vitest';
import { nextState } from './charge-state.ts';

describe('what a payment becomes', () => {
  it.each([
    ['pending', false, 'succeeded', 'succeeded', 'nothing'],
    ['pending', false, 'declined', 'failed', 'nothing'],
    ['pending', false, 'absent', 'failed', 'outcome'],
    ['failed', false, 'absent', 'failed', 'nothing'],
    ['pending', false, 'pending', 'pending', 'outcome'],
    ['pending', false, 'refunded', 'refunded', 'nothing'],
    ['pending', true, 'succeeded', 'pending', 'refund'],
    ['pending', true, 'declined', 'failed', 'nothing'],
    ['pending', true, 'pending', 'pending', 'outcome'],
    ['succeeded', false, 'succeeded', 'succeeded', 'nothing'],
    ['succeeded', true, 'succeeded', 'succeeded', 'refund'],
    ['succeeded', true, 'pending', 'succeeded', 'refund'],
    ['succeeded', true, 'absent', 'succeeded', 'refund'],
    ['succeeded', true, 'declined', 'succeeded', 'refund'],
    ['succeeded', false, 'refunded', 'refunded', 'nothing'],
    ['pending', false, 'mismatched', 'failed', 'refund'],
    ['pending', true, 'mismatched', 'pending', 'refund'],
    ['succeeded', false, 'mismatched', 'succeeded', 'nothing'],
    ['failed', false, 'mismatched', 'failed', 'refund'],
    ['failed', false, 'succeeded', 'failed', 'refund'],
    ['failed', false, 'declined', 'failed', 'nothing'],
    ['failed', true, 'refunded', 'refunded', 'nothing'],
    ['refunded', true, 'succeeded', 'refunded', 'nothing'],
    ['refunded', true, 'mismatched', 'refunded', 'nothing'],
    ['refunded', true, 'refund_failed', 'succeeded', 'refund'],
    ['refunded', false, 'refund_failed', 'succeeded', 'nothing'],
    ['succeeded', true, 'refund_failed', 'succeeded', 'refund'],
  ] as const)('%s, undone %s, by %s: %s, owing %s', (status, undone, outcome, next, owes) => {
    expect(nextState({ status, undone, failed: false }, outcome)).toEqual({ status: next, owes });
  });

  it('a payment that had failed before its charge was given back has failed again when that does not last', () => {
    expect(nextState({ status: 'refunded', undone: true, failed: true }, 'refund_failed')).toEqual({ status: 'failed', owes: 'refund' });
  });

  it.each(['pending', 'declined', 'absent'] as const)('a payment that ended is not moved by a late %s', (outcome) => {
    for (const status of ['succeeded', 'failed', 'refunded'] as const) {
      // One that was given up may come about after all, and is looked for again.
      const owes = status === 'failed' && outcome === 'pending' ? 'outcome' : 'nothing';
      expect(nextState({ status, undone: false, failed: status === 'failed' }, outcome)).toEqual({ status, owes });
    }
  });
});
