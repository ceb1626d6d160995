// Finished answers of reads, kept in memory and shown again while nothing of the tenant's data changed. The version is asked before the
// data is read, so an answer can be newer than its version says but never older: a read after a write that was answered sees the write,
// through whichever gateway either went.
import type { Tenant } from '@portico/contracts/caller';
import { LRUCache } from 'lru-cache';
import type { DataVersions } from './data-versions.ts';

/** An answer without what differs from request to request. */
export type Shown = {
  /** JSON text of `data`, and of the members behind it. */
  readonly data: string;
  readonly rest: string;
  readonly etag: string;
  readonly link?: string;
};

export type CacheOutcome = 'hit' | 'miss';

export type ResponseCache = {
  /** `target` names what is shown; everybody of the tenant who may see it sees the same. */
  show(tenant: Tenant, target: string, produce: () => Promise<Shown>): Promise<{ shown: Shown; outcome: CacheOutcome }>;
};

/** `undefined`: asked for once. Keeping an answer costs a look at the version, which only pays when it is asked for again. */
type Entry = { readonly kept: { readonly version: string; readonly shown: Shown } | undefined };

const ENTRY_OVERHEAD_BYTES = 200;

export function createResponseCache(options: { versions: DataVersions; bytesMax: number }): ResponseCache {
  if (options.bytesMax === 0) return { show: async (_tenant, _target, produce) => ({ shown: await produce(), outcome: 'miss' }) };
  const entries = new LRUCache<string, Entry>({
    maxSize: options.bytesMax,
    sizeCalculation: ({ kept }, key) =>
      ENTRY_OVERHEAD_BYTES + key.length + (kept === undefined ? 0 : 2 * (kept.shown.data.length + kept.shown.rest.length)),
  });
  return {
    async show(tenant, target, produce) {
      const key = `${tenant.accountId} ${tenant.mode} ${target}`;
      const entry = entries.get(key);
      if (entry === undefined) {
        const shown = await produce();
        entries.set(key, { kept: undefined });
        return { shown, outcome: 'miss' };
      }
      const version = await options.versions.current(tenant);
      if (entry.kept?.version === version) return { shown: entry.kept.shown, outcome: 'hit' };
      const shown = await produce();
      entries.set(key, { kept: { version, shown } });
      return { shown, outcome: 'miss' };
    },
  };
}
