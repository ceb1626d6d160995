// Which change of a tenant's rows in a schema was the last. Readers compare it to know whether a counted total still holds.
// It is a row of the writing transaction, so a reader sees the new version exactly when it sees the new rows.
// One row per tenant would make all of a tenant's writes wait for each other; the version is the sum over a few slots instead.
// It grows by time and is no count: a server that takes over without the last of what was written would count the same numbers again for other rows.
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Tenant } from '@portico/contracts/caller';

const SLOTS = 8;
/** Microseconds: a write takes longer. */
const NOW = '(extract(epoch from clock_timestamp()) * 1000000)::bigint';

/** Raises the tenant's data version. Last statement of a transaction: the slot stays locked until the commit. */
export async function raiseDataVersion(em: EntityManager, schema: string, tenant: Tenant): Promise<void> {
  await em.execute(
    `insert into "${schema}".data_version as v (account_id, mode, slot, version) values (?, ?, ?, ${NOW})
     on conflict (account_id, mode, slot) do update set version = greatest(v.version + 1, excluded.version)`,
    [tenant.accountId, tenant.mode, Math.floor(Math.random() * SLOTS)],
  );
}
