import { describe, expect, it } from 'vitest';
import { ID_PREFIXES, isId, newId } from './ids.ts';

describe('ids', () => {
  it('sort by the time they were made', async () => {
    const first = newId('order');
    const start = Date.now();
    while (Date.now() === start);
    expect(newId('order') > first).toBe(true);
  });

  it('are recognised by prefix and alphabet alone', () => {
    for (const kind of Object.keys(ID_PREFIXES) as (keyof typeof ID_PREFIXES)[]) expect(isId(kind, newId(kind))).toBe(true);
    const order = newId('order');
    for (const bad of [
      newId('product'),
      order.toUpperCase(),
      `${order}0`,
      order.slice(0, -1),
      `order_8${order.slice(7)}`,
      order.replace(/.$/, 'u'),
      '',
      null,
      7,
      `${order}\n`,
    ]) {
      expect(isId('order', bad)).toBe(false);
    }
  });

  it('made from the same seed are the same, across kinds', () => {
    const seed = newId('request');
    expect(newId('order', seed)).toBe(newId('order', seed));
    expect(newId('order', seed).slice(-26)).toBe(newId('payment', seed).slice(-26));
    expect(isId('order', newId('order', seed))).toBe(true);
  });
});
