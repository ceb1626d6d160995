import { describe, expect, it } from 'vitest';
import { EVENT_CATALOGUE } from './catalogue.ts';

describe('the event catalogue', () => {
  it('has exactly the events of the contract', () => {
    const promised = [
      'customer.created',
      'inventory.low',
      'order.cancelled',
      'order.created',
      'order.updated',
      'payment.failed',
      'payment.received',
    ];
    expect([...EVENT_CATALOGUE.keys()].sort()).toEqual(promised);
  });

  it('refuses a payload with a field of the wrong kind', () => {
    for (const event of EVENT_CATALOGUE.values()) expect(event.payload.safeParse({ id: 1 }).success).toBe(false);
  });
});
