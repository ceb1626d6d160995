// The provider's books: charges and refunds in memory, each on the disk before it is told to anybody. They have an end: the oldest charges are
// forgotten, and the file is written anew when most of its lines say nothing any more.
import type { OpenedJournal } from './journal.ts';

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
  /** The next refund will not last. */
  readonly refundFails?: true;
  /** A refund that was made and is about to fail: minor units, and when it was made. */
  readonly failingRefund?: { readonly amount: number; readonly at: string };
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

export type Callback = Extract<Entry, { kind: 'callback' }>;
export type CallbackType = 'charge.succeeded' | 'charge.failed' | 'refund.failed';
export type Kept<Value> = { readonly value: Value; readonly requestHash: string };

export type Ledger = {
  charge(id: string): Charge | undefined;
  chargeOfKey(key: string): Kept<Charge> | undefined;
  refundOfKey(key: string): Kept<Refund> | undefined;
  charges(): readonly Charge[];
  /** Those of which something is not decided: the charge, or its refund. */
  pending(): Iterable<Charge>;
  record(entry: Entry): Promise<void>;
  /** Resolves when everything that was recorded before is on the disk. */
  flushed(): Promise<void>;
  /** Callbacks that nobody has taken yet. */
  undelivered(): Callback[];
};

/** How many charges are remembered; the oldest that is decided goes first, with its refunds and callbacks. */
export const CHARGES_MAX = 50_000;
/** Lines that need not be there, beside as many as there are charges: below that it does not pay to write the file anew. */
const SURPLUS_MIN = 1_000;

/** What is remembered of one charge. */
type ChargeRecord = {
  charge: Charge;
  readonly requestHash: string;
  /** By their keys. */
  readonly refunds: Map<string, Kept<Refund>>;
  /** That nobody has taken yet, by their ids. */
  readonly callbacks: Map<string, Callback>;
};
/** The books as the journal left them. */
export function openLedger({ kept, journal }: OpenedJournal<Entry>): Ledger {
  const records = new Map<string, ChargeRecord>();
  const pending = new Map<string, Charge>();
  const keys = new Map<string, ChargeRecord>();
  const refunds = new Map<string, Kept<Refund>>();
  const callbackOwners = new Map<string, ChargeRecord>();
  let lines = kept.length;

  function change(charge: Charge): ChargeRecord | undefined {
    const record = records.get(charge.id);
    if (record === undefined) return undefined;
    record.charge = charge;
    if (isPending(charge)) pending.set(charge.id, charge);
    else pending.delete(charge.id);
    return record;
  }

  function begin(charge: Charge, requestHash: string): void {
    const record: ChargeRecord = { charge, requestHash, refunds: new Map(), callbacks: new Map() };
    records.set(charge.id, record);
    keys.set(charge.idempotencyKey, record);
    if (isPending(charge)) pending.set(charge.id, charge);
    if (records.size > CHARGES_MAX) forgetOldest();
  }

  function forgetOldest(): void {
    const oldest = records.values().find(({ charge }) => !isPending(charge));
    if (oldest === undefined) return;
    records.delete(oldest.charge.id);
    keys.delete(oldest.charge.idempotencyKey);
    for (const key of oldest.refunds.keys()) refunds.delete(key);
    for (const id of oldest.callbacks.keys()) callbackOwners.delete(id);
  }

  /** What names a charge that is forgotten says nothing any more. */
  function apply(entry: Entry): void {
    switch (entry.kind) {
      case 'charge':
        begin(entry.charge, entry.requestHash);
        return;
      case 'changed':
        change(entry.charge);
        return;
      case 'refund': {
        const refund = { value: entry.refund, requestHash: entry.requestHash };
        const owner = change(entry.charge);
        owner?.refunds.set(entry.key, refund);
        if (owner !== undefined) refunds.set(entry.key, refund);
        return;
      }
      case 'callback': {
        const owner = records.get(entry.charge.id);
        owner?.callbacks.set(entry.id, entry);
        if (owner !== undefined) callbackOwners.set(entry.id, owner);
        return;
      }
      case 'delivered':
        callbackOwners.get(entry.id)?.callbacks.delete(entry.id);
        callbackOwners.delete(entry.id);
    }
  }
  for (const entry of kept) apply(entry);

  /** The fewest entries that make the same books. */
  function entries(): Entry[] {
    return [...records.values()].flatMap(({ charge, requestHash, refunds: given, callbacks }): Entry[] => [
      { kind: 'charge', charge, requestHash },
      ...[...given].map(([key, refund]): Entry => ({ kind: 'refund', refund: refund.value, charge, key, requestHash: refund.requestHash })),
      ...callbacks.values(),
    ]);
  }

  return {
    charge: (id) => records.get(id)?.charge,
    chargeOfKey(key) {
      const record = keys.get(key);
      return record === undefined ? undefined : { value: record.charge, requestHash: record.requestHash };
    },
    refundOfKey: (key) => refunds.get(key),
    charges: () => [...records.values()].map(({ charge }) => charge),
    pending: () => pending.values(),
    async record(entry) {
      // In memory first: a second request must see the first one's charge while that is still on its way to the disk.
      apply(entry);
      lines += 1;
      const counted = records.size + refunds.size + callbackOwners.size;
      if (lines <= 2 * counted + SURPLUS_MIN) return journal.append(entry);
      lines = counted;
      return journal.rewrite(entries());
    },
    flushed: () => journal.flushed(),
    undelivered: () => [...callbackOwners].flatMap(([id, { callbacks }]) => callbacks.get(id) ?? []),
  };
}

function isPending({ status, failingRefund }: Charge): boolean {
  return status === 'pending' || failingRefund !== undefined;
}
