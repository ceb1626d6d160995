// Finished answers of reads, kept in memory and shown again while nothing of the tenant's data changed. The version is asked before the
// data is read, so an answer can be newer than its version says but never older: a read after a write that was answered sees the write,
// through whichever gateway either went.
import { type Tenant, tenantKey } from '@portico/contracts/caller';
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

/** `ageSeconds`: whole seconds since a kept answer was produced (RFC 9111, 5.1). `bytes`: how long its data and rest are in UTF-8. */
export type Found =
  | { readonly outcome: 'hit'; readonly shown: Shown; readonly bytes: number; readonly ageSeconds: number }
  | { readonly outcome: 'miss'; readonly shown: Shown; readonly bytes?: undefined; readonly ageSeconds?: undefined };

export type ResponseCache = {
  /** `target` names what is shown; everybody of the tenant who may see it sees the same. */
  show(tenant: Tenant, target: string, produce: () => Promise<Shown>): Promise<Found>;
};

export type ResponseCacheOptions = {
  versions: DataVersions;
  bytesMax: number;
  /** Milliseconds of a clock that nobody sets. */
  nowMs: () => number;
};

/** `undefined`: asked for once. Keeping an answer costs a look at the version, which only pays when it is asked for again. */
type Entry = { readonly kept: Kept | undefined };
type Kept = { readonly version: string; readonly shown: Shown; readonly bytes: number; readonly producedAtMs: number };

const ENTRY_OVERHEAD_BYTES = 200;

export function createResponseCache({ versions, bytesMax, nowMs }: ResponseCacheOptions): ResponseCache {
  if (bytesMax === 0) return { show: async (_tenant, _target, produce) => ({ shown: await produce(), outcome: 'miss' }) };
  const entries = new LRUCache<string, Entry>({
    maxSize: bytesMax,
    sizeCalculation: ({ kept }, key) => ENTRY_OVERHEAD_BYTES + key.length + (kept === undefined ? 0 : memoryOf(kept.shown)),
  });
  return {
    async show(tenant, target, produce) {
      const key = `${tenantKey(tenant)} ${target}`;
      const entry = entries.get(key);
      if (entry === undefined) {
        const shown = await produce();
        entries.set(key, { kept: undefined });
        return { shown, outcome: 'miss' };
      }
      const version = await versions.current(tenant);
      const now = nowMs();
      const { kept } = entry;
      if (kept?.version === version)
        return { shown: kept.shown, outcome: 'hit', bytes: kept.bytes, ageSeconds: Math.floor((now - kept.producedAtMs) / 1_000) };
      const shown = await produce();
      // The age counts from before the data was read, so that it is never understated.
      const bytes = Buffer.byteLength(shown.data) + Buffer.byteLength(shown.rest);
      entries.set(key, { kept: { version, shown, bytes, producedAtMs: now } });
      return { shown, outcome: 'miss' };
    },
  };
}

/** Two bytes a character, as a text takes once a single one of its characters is beyond Latin-1. */
function memoryOf({ data, rest, link = '' }: Shown): number {
  return 2 * (data.length + rest.length + link.length);
}
