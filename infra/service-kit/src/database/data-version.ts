// How many times a tenant's rows in a schema changed. Readers compare it to know whether a counted total still holds.
// It is a row of the writing transaction, so a reader sees the new version exactly when it sees the new rows.
// One row per tenant would make all of a tenant's writes wait for each other; the version is the sum over a few slots instead.
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Tenant } from '@portico/contracts/caller';

const SLOTS = 8;

/** Raises the tenant's data version. Last statement of a transaction: the slot stays locked until the commit. */
export async function raiseDataVersion(em: EntityManager, schema: string, tenant: Tenant): Promise<void> {
  await em.execute(
    `insert into "${schema}".data_version as v (account_id, mode, slot, version) values (?, ?, ?, 1)
     on conflict (account_id, mode, slot) do update set version = v.version + 1`,
    [tenant.accountId, tenant.mode, Math.floor(Math.random() * SLOTS)],
  );
}
