// What a cached answer is checked against: a text that changes whenever any row of the tenant changes.

import type { Tenant } from '@portico/contracts/caller';

export type DataVersions = {
  /** The tenant's data version at some moment after this call: a write that was answered before is part of it. */
  current(tenant: Tenant): Promise<string>;
};

type RunStatement = (text: string, values: readonly unknown[]) => Promise<readonly Readonly<Record<string, unknown>>[]>;
type Waiting = { resolve(version: string): void; reject(error: unknown): void };
type Batch = Map<string, { tenant: Tenant; waiting: Waiting[] }>;

/**
 * Reads versions from the subgraphs' `data_version` tables. All requests that wait at the same time share one statement, so its cost per
 * request falls as the load rises; while a statement is under way, later requests gather for the next one, which sees all that was
 * written before they came.
 */
export function createPostgresDataVersions(options: { run: RunStatement; schemas: readonly string[] }): DataVersions {
  const rows = options.schemas.map(
    (schema) => `select v.version from "${schema}".data_version v where v.account_id = w.account_id and v.mode = w.mode`,
  );
  // A version only grows, so the sum of all of them is another one whenever one of them is.
  const text = `select (select coalesce(sum(u.version), 0) from (${rows.join(' union all ')}) u) as "version"
    from unnest($1::text[], $2::text[]) with ordinality as w (account_id, mode, place) order by w.place`;
  let gathering: Batch = new Map();
  let underWay = false;

  async function flush(): Promise<void> {
    while (gathering.size > 0) {
      const batch = [...gathering.values()];
      gathering = new Map();
      try {
        const versions = await options.run(text, [batch.map(({ tenant }) => tenant.accountId), batch.map(({ tenant }) => tenant.mode)]);
        for (const [i, { waiting }] of batch.entries()) for (const { resolve } of waiting) resolve(String(versions[i]?.version));
      } catch (error) {
        for (const { waiting } of batch) for (const { reject } of waiting) reject(error);
      }
      await endOfTurn();
    }
    underWay = false;
  }

  return {
    current(tenant) {
      return new Promise((resolve, reject) => {
        const key = `${tenant.accountId} ${tenant.mode}`;
        const entry = gathering.get(key) ?? { tenant, waiting: [] };
        entry.waiting.push({ resolve, reject });
        gathering.set(key, entry);
        if (underWay) return;
        underWay = true;
        void endOfTurn().then(flush);
      });
    },
  };
}

/** Of the event loop: requests that arrived together go together. */
function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
