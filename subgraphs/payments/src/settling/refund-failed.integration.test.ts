// A refund that was made, and comes back from the bank after it was written down.
import { newId } from '@portico/contracts/ids';
import { onWork } from '@portico/service-kit/subgraph/work-state';
import { testCaller } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTill, type Till } from '../testing.ts';

let till: Till;
beforeAll(async () => {
  till = await openTill();
});
afterAll(() => till?.[Symbol.asyncDispose]());

/** Until the bank has sent back what was given back for a payment. */
const sentBack = (id: string) => expect.poll(async () => (await till.sandbox.charges(id))[0]?.refunded, { timeout: 10_000 }).toBe(0);

describe('a refund that comes back', () => {
  it('is owed again and made again, under another key, and nobody is told that the money was received twice', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const settled: unknown[] = [];
    using _ = onWork({ settled: ({ kind }) => settled.push(kind) });
    const { id } = await till.charge(caller, orderId, 'tok_refund_fails');
    expect(await till.refund(caller, orderId)).toMatchObject([{ id, status: 'refunded' }]);
    await sentBack(id);
    await till.receive(till.signed('refund.failed', id));
    await till.settled(caller, id, 'succeeded');
    expect(settled).toContain('refund_failed');
    await till.later(10_000);
    await till.settled(caller, id, 'refunded');
    expect(await till.sandbox.charges(id)).toMatchObject([{ amount: 2_500, refunded: 2_500 }]);
    expect(await till.eventsOf(orderId)).toEqual(['payment.received']);
    expect(till.timesTold(orderId)).toBe(0);
  });

  it('of money that had never counted as received does not count as received', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id } = await till.charge(caller, orderId, 'tok_timeout');
    await till.later(31_000);
    await till.settled(caller, id, 'failed');
    await till.sandbox.charge({ key: id, amount: 2_500, currency: 'USD', token: 'tok_refund_fails' });
    await till.receive(till.signed('charge.succeeded', id));
    await till.settled(caller, id, 'refunded');
    await sentBack(id);
    await till.receive(till.signed('refund.failed', id));
    await till.settled(caller, id, 'failed');
    await till.later(10_000);
    await till.settled(caller, id, 'refunded');
    expect(await till.eventsOf(orderId)).toEqual(['payment.failed']);
  });

  it('and was made at the provider, by its own books, leaves the order paid, unless that was given back here since', async () => {
    const [caller, kept, undone] = [testCaller(), newId('order'), newId('order')];
    const payments = await Promise.all([kept, undone].map((orderId) => till.charge(caller, orderId, 'tok_refund_fails')));
    const [standing = '', owed = ''] = payments.map(({ id }) => id);
    for (const id of [standing, owed]) {
      await till.sandbox.refund(id, 2_500);
      await till.payments.database.run('update payments.payment set due_at = now() where account_id = $1 and mode = $2 and id = $3', [
        caller.accountId,
        caller.mode,
        id,
      ]);
      await till.settled(caller, id, 'refunded');
    }
    await till.refund(caller, undone);
    for (const id of [standing, owed]) {
      await sentBack(id);
      await till.receive(till.signed('refund.failed', id));
      await till.settled(caller, id, 'succeeded');
    }
    await till.later(10_000);
    await till.settled(caller, owed, 'refunded');
    await expect.poll(() => till.timesTold(kept)).toBe(1);
    expect(await till.statusOf(caller, standing)).toBe('succeeded');
    expect(await till.sandbox.charges(standing)).toMatchObject([{ refunded: 0 }]);
  });

  it('is asked of the provider, whatever a callback says', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id } = await till.charge(caller, orderId, 'tok_visa');
    await till.refund(caller, orderId);
    await till.receive(till.signed('refund.failed', id));
    await till.later(1_000);
    const open = 'select count(*)::int as open from payments.payment where account_id = $1 and due_at is not null';
    await expect.poll(() => till.payments.database.run(open, [caller.accountId])).toEqual([{ open: 0 }]);
    expect(await till.statusOf(caller, id)).toBe('refunded');
    expect(await till.sandbox.charges(id)).toMatchObject([{ refunded: 2_500 }]);
  });
});
