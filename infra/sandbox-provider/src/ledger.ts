// The provider's books: charges and refunds in memory, each on the disk before it is told to anybody.
import type { Journal } from './journal.ts';

export type Charge = {
  readonly id: string;
  readonly idempotencyKey: string;
  /** Minor units of `currency`. */
  readonly amount: number;
  readonly currency: string;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly status: 'succeeded' | 'failed' | 'pending';
  /** What a pending charge becomes. */
  readonly becomes?: 'succeeded' | 'failed';
  readonly failureCode: string | null;
  readonly failureMessage: string | null;
  readonly refunded: number;
  readonly createdAt: string;
};

export type Refund = {
  readonly id: string;
  readonly chargeId: string;
  readonly amount: number;
  readonly status: 'succeeded';
  readonly createdAt: string;
};

/** `requestHash`: what was asked under the key, so that the same key with another request can be told. */
export type Entry =
  | { readonly kind: 'charge'; readonly charge: Charge; readonly requestHash: string }
  | { readonly kind: 'changed'; readonly charge: Charge }
  | { readonly kind: 'refund'; readonly refund: Refund; readonly charge: Charge; readonly key: string; readonly requestHash: string }
  | { readonly kind: 'callback'; readonly id: string; readonly type: CallbackType; readonly charge: Charge; readonly at: string }
  | { readonly kind: 'delivered'; readonly id: string };

export type CallbackType = 'charge.succeeded' | 'charge.failed' | 'charge.refunded';
export type Kept<Value> = { readonly value: Value; readonly requestHash: string };

export type Ledger = {
  charge(id: string): Charge | undefined;
  chargeOfKey(key: string): Kept<Charge> | undefined;
  refundOfKey(key: string): Kept<Refund> | undefined;
  charges(): Iterable<Charge>;
  record(entry: Entry): Promise<void>;
  /** Resolves when everything that was recorded before is on the disk. */
  flushed(): Promise<void>;
  /** Callbacks that nobody has taken yet. */
  undelivered(): Extract<Entry, { kind: 'callback' }>[];
};

/** The books as the journal left them. */
export function openLedger(journal: Journal<Entry>): Ledger {
  const charges = new Map<string, Charge>();
  const keys = new Map<string, { id: string; requestHash: string }>();
  const refunds = new Map<string, Kept<Refund>>();
  const callbacks = new Map<string, Extract<Entry, { kind: 'callback' }>>();

  function apply(entry: Entry): void {
    switch (entry.kind) {
      case 'charge':
        keys.set(entry.charge.idempotencyKey, { id: entry.charge.id, requestHash: entry.requestHash });
        charges.set(entry.charge.id, entry.charge);
        return;
      case 'changed':
        charges.set(entry.charge.id, entry.charge);
        return;
      case 'refund':
        charges.set(entry.charge.id, entry.charge);
        refunds.set(entry.key, { value: entry.refund, requestHash: entry.requestHash });
        return;
      case 'callback':
        callbacks.set(entry.id, entry);
        return;
      case 'delivered':
        callbacks.delete(entry.id);
    }
  }
  for (const entry of journal.kept) apply(entry);

  return {
    charge: (id) => charges.get(id),
    chargeOfKey(key) {
      const kept = keys.get(key);
      const value = kept === undefined ? undefined : charges.get(kept.id);
      return kept === undefined || value === undefined ? undefined : { value, requestHash: kept.requestHash };
    },
    refundOfKey: (key) => refunds.get(key),
    charges: () => charges.values(),
    async record(entry) {
      // In memory first: a second request must see the first one's charge while that is still on its way to the disk.
      apply(entry);
      await journal.append(entry);
    },
    flushed: () => journal.flushed(),
    undelivered: () => [...callbacks.values()],
  };
}
