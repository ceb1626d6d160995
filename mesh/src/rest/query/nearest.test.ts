import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';

const KNOWN = ['id', 'sku', 'currency', 'createdAt', 'customer'];

describe('the nearest name', () => {
  it.each([
    ['creatdAt', 'createdAt'],
    ['curency', 'currency'],
    ['costumer', 'customer'],
    ['created_at', 'createdAt'],
    ['CURRENCY', 'currency'],
    ['SKU', 'sku'],
    ['CREATEDAT', 'createdAt'],
  ])('to %s is %s', (name, meant) => expect(nearest(name, KNOWN)).toBe(meant));

  it.each([['warehouse'], [''], ['xy'], ['__proto__'], ['x'.repeat(65)]])('to %s is none: a bad guess is worse than none', (name) =>
    expect(nearest(name, KNOWN)).toBeUndefined(),
  );

  it('is none where no name is known', () => expect(nearest('id', [])).toBeUndefined());
});
