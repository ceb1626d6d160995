// What a cached answer is checked against: a text that changes whenever any row of the tenant changes.

import { type Tenant, tenantKey } from '@portico/contracts/caller';
import type { LookAtVersions } from './look-at-versions.ts';

export type DataVersions = {
  /** The tenant's data version at some moment after this call: a write that was answered before is part of it. */
  current(tenant: Tenant): Promise<string>;
};

/**
 * A look waits while every turn of the event loop brings more who share it, until they are as many as these. A look costs the gateway and
 * PostgreSQL as much as a whole request; alone nobody waits.
 */
export const SHARED_ENOUGH = 32;

type Waiting = { resolve(version: string): void; reject(error: unknown): void };
type Gathered = { tenant: Tenant; waiting: Waiting[] };

/**
 * All requests that wait at the same time share one look, so its cost per request falls as the load rises; while a look is under way, later
 * requests gather for the next one, which sees all that was written before they came.
 */
export function createDataVersions(look: LookAtVersions): DataVersions {
  let gathering = new Map<string, Gathered>();
  let gathered = 0;
  let underWay = false;

  /** Requests that arrived together go together, and so do those that come while they are read. */
  async function gather(): Promise<void> {
    for (let before = 0; gathered > before && gathered < SHARED_ENOUGH; ) {
      before = gathered;
      await endOfTurn();
    }
  }

  function take(): Gathered[] {
    const batch = [...gathering.values()];
    gathering = new Map();
    gathered = 0;
    return batch;
  }

  async function lookForAll(): Promise<void> {
    while (gathering.size > 0) {
      await gather();
      const batch = take();
      try {
        const versions = await look(batch.map(({ tenant }) => tenant));
        for (const [i, { waiting }] of batch.entries()) for (const { resolve } of waiting) resolve(versions[i] ?? '');
      } catch (error) {
        for (const { waiting } of batch) for (const { reject } of waiting) reject(error);
      }
      // Whoever is answered now may ask again at once, and would otherwise come just too late for the next look, again and again.
      await endOfTurn();
    }
    underWay = false;
  }

  return {
    current(tenant) {
      return new Promise((resolve, reject) => {
        const key = tenantKey(tenant);
        const entry = gathering.get(key) ?? { tenant, waiting: [] };
        entry.waiting.push({ resolve, reject });
        gathered += 1;
        gathering.set(key, entry);
        if (underWay) return;
        underWay = true;
        void lookForAll();
      });
    },
  };
}

/** Of the event loop: whatever can be read by then has been read. */
function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
