import { describe, expect, it } from 'vitest';
import { dutiesOf, NEXT, type OrderStatus, requireMove } from './order-status.ts';

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
const STATUSES = Object.keys(NEXT) as OrderStatus[];
const PAIRS = STATUSES.flatMap((from) => STATUSES.map((to) => [from, to] as const));

describe('the life of an order', () => {
  it.each(PAIRS)('%s → %s is decided as the contract says', (from, to) => {
    if (LEGAL.has(`${from}→${to}`)) expect(() => requireMove(from, to)).not.toThrow();
    else {
      expect(() => requireMove(from, to)).toThrow(
        expect.objectContaining({ code: 'INVALID_STATE', details: { status: from, allowed: NEXT[from] } }),
      );
    }
  });

  it.each([
    ['processing', 'shipped', { stock: 'commit', payment: null }],
    ['pending', 'cancelled', { stock: 'release', payment: 'refund' }],
    ['confirmed', 'cancelled', { stock: 'release', payment: 'refund' }],
    ['processing', 'cancelled', { stock: 'release', payment: 'refund' }],
    ['confirmed', 'refunded', { stock: 'release', payment: 'refund' }],
    ['shipped', 'refunded', { stock: null, payment: 'refund' }],
    ['cancelled', 'refunded', { stock: null, payment: 'refund' }],
    ['pending', 'confirmed', undefined],
    ['confirmed', 'processing', undefined],
    ['shipped', 'delivered', undefined],
  ] as const)('%s → %s makes due %j', (from, to, due) => {
    expect(dutiesOf(from, to)).toEqual(due);
  });
});
