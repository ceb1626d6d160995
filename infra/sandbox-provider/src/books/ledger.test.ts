import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryJournal, openJournal } from './journal.ts';
import { CHARGES_MAX, type Charge, type Entry, type Ledger, openLedger } from './ledger.ts';

const AT = '2026-05-01T12:00:00.000Z';
function chargeOf(id: string, more: Partial<Charge> = {}): Charge {
  const described = { amount: 2_500, currency: 'USD', description: null, metadata: {}, failureCode: null, failureMessage: null };
  return { id, idempotencyKey: `key of ${id}`, ...described, status: 'succeeded', refunded: 0, createdAt: AT, ...more };
}
const charged = (id: string, more?: Partial<Charge>): Entry => ({
  kind: 'charge',
  charge: chargeOf(id, more),
  requestHash: `hash of ${id}`,
});
const refunded = (id: string): Entry => {
  const refund = { id: `re_${id}`, chargeId: id, amount: 2_500, status: 'succeeded', createdAt: AT } as const;
  return { kind: 'refund', refund, charge: chargeOf(id, { refunded: 2_500 }), key: `refund of ${id}`, requestHash: 'hash' };
};
const announced = (id: string): Entry => ({ kind: 'callback', id: `cb_${id}`, type: 'charge.succeeded', charge: chargeOf(id), at: AT });

/** All that can be asked of the books about these charges. */
const said = (ledger: Ledger, ids: readonly string[]): unknown => [
  ledger.charges(),
  [...ledger.pending()],
  ledger.undelivered(),
  ids.map((id) => [ledger.charge(id), ledger.chargeOfKey(`key of ${id}`), ledger.refundOfKey(`refund of ${id}`)]),
];

describe('the file of the books', () => {
  let folder = '';
  let file = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sandbox-books-'));
    file = join(folder, 'journal.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is written anew when most of it says nothing any more, and holds the same books', async () => {
    const ids = ['a', 'b', 'c'];
    const opened = await openJournal<Entry>(file);
    const ledger = openLedger(opened);
    const entries = [
      charged('a'),
      charged('b', { status: 'pending', becomes: 'failed' }),
      charged('c'),
      refunded('c'),
      announced('a'),
      announced('c'),
    ];
    for (const entry of entries) await ledger.record(entry);
    // The same callback, told and taken again and again.
    const told = Array.from({ length: 2_000 }, (): Entry[] => [announced('a'), { kind: 'delivered', id: 'cb_a' }]).flat();
    await Promise.all(told.map((entry) => ledger.record(entry)));
    await ledger.record(announced('a'));
    await opened.journal[Symbol.asyncDispose]();
    expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThan(1_100);
    const again = await openJournal<Entry>(file);
    await using _ = again.journal;
    expect(said(openLedger(again), ids)).toEqual(said(ledger, ids));
  });
});

describe('the books', () => {
  it('forget the oldest charges that are decided, with all that belongs to them, and never one that is not', async () => {
    const ledger = openLedger(memoryJournal());
    const first = [charged('pending', { status: 'pending', becomes: 'succeeded' }), charged('old'), refunded('old'), announced('old')];
    for (const entry of first) await ledger.record(entry);
    for (let nth = 0; nth < CHARGES_MAX - 1; nth += 1) await ledger.record(charged(String(nth)));
    expect(ledger.charges()).toHaveLength(CHARGES_MAX);
    expect([ledger.charge('old'), ledger.chargeOfKey('key of old'), ledger.refundOfKey('refund of old')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(ledger.undelivered()).toEqual([]);
    expect([...ledger.pending()].map(({ id }) => id)).toEqual(['pending']);
    // What still comes in about one that is gone changes nothing.
    await ledger.record(announced('old'));
    await ledger.record({ kind: 'changed', charge: chargeOf('old') });
    expect([ledger.charge('old'), ledger.undelivered()]).toEqual([undefined, []]);
  });
});
