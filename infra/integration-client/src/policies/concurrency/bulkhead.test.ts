import { describe, expect, it } from 'vitest';
import { createBulkhead } from './bulkhead.ts';

const never = new AbortController().signal;

describe('the bulkhead', () => {
  it('admits so many at a time and the others in turn', async () => {
    const bulkhead = createBulkhead(2);
    const order: number[] = [];
    expect([bulkhead.enter(never), bulkhead.enter(never)]).toEqual([undefined, undefined]);
    const waiting = [1, 2].map((caller) => bulkhead.enter(never)?.then(() => order.push(caller)));
    bulkhead.leave();
    await waiting[0];
    expect(order).toEqual([1]);
    bulkhead.leave();
    await waiting[1];
    expect(order).toEqual([1, 2]);
  });

  it('loses no place to a caller who gave up', async () => {
    const bulkhead = createBulkhead(1);
    const controller = new AbortController();
    bulkhead.enter(never);
    const gone = bulkhead.enter(controller.signal);
    const next = bulkhead.enter(never);
    controller.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    bulkhead.leave();
    await next;
    bulkhead.leave();
    expect(bulkhead.enter(never)).toBeUndefined();
  });

  it('is full when its queue is', () => {
    const bulkhead = createBulkhead(1);
    bulkhead.enter(never);
    for (let caller = 0; caller < 20; caller += 1) {
      expect(bulkhead.isFull()).toBe(false);
      bulkhead.enter(never);
    }
    expect(bulkhead.isFull()).toBe(true);
  });

  it('gives new places to who waits, and takes none away from who is in', async () => {
    const bulkhead = createBulkhead(1);
    bulkhead.enter(never);
    const waiting = [1, 2, 3].map(() => bulkhead.enter(never));
    expect(bulkhead.ahead()).toBe(3);
    bulkhead.resize(3);
    await Promise.all(waiting.slice(0, 2));
    expect(bulkhead.ahead()).toBe(1);
    bulkhead.resize(1);
    bulkhead.leave();
    bulkhead.leave();
    expect(bulkhead.ahead()).toBe(1);
    bulkhead.leave();
    await waiting[2];
    expect(bulkhead.ahead()).toBe(0);
    bulkhead.leave();
    expect(bulkhead.ahead()).toBeUndefined();
  });
});
