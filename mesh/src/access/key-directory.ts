// What a gateway knows of keys, in memory: a warm request needs no look-up. An entry stays until its key changes, or ten minutes in case
// the news of a change was lost; a source that can hear no news for a minute says that everything changed. A key that does not exist is
// remembered for seconds, apart, so that guesses cannot crowd out real keys.
import { hash } from 'node:crypto';
import { ANYTHING, type KeyRecord, type KeySource } from '@portico/contracts/access-records';
import { createMacKey, type MacKey } from '@portico/service-kit/mac';
import { addressCheck } from '@portico/service-kit/network/address-check';
import { LRUCache } from 'lru-cache';

export type KnownKey = {
  readonly record: KeyRecord;
  readonly scopes: ReadonlySet<string>;
  readonly mac: MacKey;
  /** Whether the key may be used from this address. */
  allowsAddress(address: string): boolean;
};

export type KeyDirectory = Disposable & {
  /** The key, when it is known already. */
  peek(key: string): KnownKey | undefined;
  /** Looks the key up; undefined when it never was. */
  load(key: string): Promise<KnownKey | undefined>;
};

const KEYS_MAX = 50_000;
const UNKNOWN_MAX = 10_000;
const KNOWN_FOR_MS = 10 * 60_000;
const UNKNOWN_FOR_MS = 5_000;

export function createKeyDirectory(source: KeySource): KeyDirectory {
  const known = new LRUCache<string, KnownKey>({ max: KEYS_MAX, ttl: KNOWN_FOR_MS });
  const unknown = new LRUCache<string, true>({ max: UNKNOWN_MAX, ttl: UNKNOWN_FOR_MS });
  const loading = new Map<string, Promise<KnownKey | undefined>>();
  let changes = 0;

  const subscription = source.onKeyChange((keyId) => {
    changes += 1;
    // Whoever comes now must not wait for an answer to a question from before.
    loading.clear();
    if (keyId === ANYTHING) known.clear();
    else for (const [key, entry] of known.entries()) if (entry.record.id === keyId) known.delete(key);
  });

  async function find(key: string): Promise<KnownKey | undefined> {
    const before = changes;
    const record = await source.findKey(hash('sha256', key));
    if (record === undefined) {
      unknown.set(key, true);
      return undefined;
    }
    const entry: KnownKey = {
      record,
      scopes: new Set(record.scopes),
      mac: createMacKey(Buffer.from(record.signingSecret)),
      allowsAddress: addressCheck(record.allowedAddresses),
    };
    // What was read while a change came in may be from before the change.
    if (changes === before) known.set(key, entry);
    return entry;
  }

  return {
    peek: (key) => known.get(key),
    load(key) {
      if (unknown.has(key)) return Promise.resolve(undefined);
      let pending = loading.get(key);
      if (pending === undefined) {
        const own = find(key).finally(() => loading.get(key) === own && loading.delete(key));
        pending = own;
        loading.set(key, own);
      }
      return pending;
    },
    [Symbol.dispose]: () => subscription[Symbol.dispose](),
  };
}
