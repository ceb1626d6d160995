import { describe, expect, it } from 'vitest';
import { nextStatuses, ORDER_STATUSES, requireMove, stockActionOf } from './order-status.ts';

const LEGAL = new Set([
  'pending→confirmed',
  'pending→cancelled',
  'confirmed→processing',
  'confirmed→cancelled',
  'confirmed→refunded',
  'processing→shipped',
  'processing→cancelled',
  'processing→refunded',
  'shipped→delivered',
  'shipped→refunded',
  'delivered→refunded',
  'cancelled→refunded',
]);
const PAIRS = ORDER_STATUSES.flatMap((from) => ORDER_STATUSES.map((to) => [from, to] as const));

describe('the life of an order', () => {
  it.each(PAIRS)('%s → %s is decided as the contract says', (from, to) => {
    if (LEGAL.has(`${from}→${to}`)) expect(() => requireMove(from, to)).not.toThrow();
    else {
      expect(() => requireMove(from, to)).toThrow(
        expect.objectContaining({ code: 'INVALID_STATE', details: { status: from, allowed: nextStatuses(from) } }),
      );
    }
  });

  it('settles the stock exactly when the order leaves the warehouse or will never', () => {
    expect(stockActionOf('processing', 'shipped')).toBe('commit');
    for (const from of ['pending', 'confirmed', 'processing'] as const) expect(stockActionOf(from, 'cancelled')).toBe('release');
    expect(stockActionOf('confirmed', 'refunded')).toBe('release');
    for (const [from, to] of [
      ['shipped', 'refunded'],
      ['cancelled', 'refunded'],
      ['pending', 'confirmed'],
      ['shipped', 'delivered'],
    ] as const) {
      expect(stockActionOf(from, to)).toBeUndefined();
    }
  });
});
