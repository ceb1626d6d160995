import type { Tenant } from '@portico/contracts/caller';
import type { Client } from 'pg';

/** One row by column name. Amounts beyond the safe integers, and columns the database computes, have no place here. */
export type NewRow = Readonly<Record<string, string | number | null | Date | readonly string[]>>;

/** Inserts all rows, as the tenant's, by one statement. The table itself gives the types, so that rows can travel as one JSON text. */
export async function insertRows(client: Client, { accountId, mode }: Tenant, table: string, rows: readonly NewRow[]): Promise<void> {
  const owned = rows.map((row) => ({ account_id: accountId, mode, ...row }));
  const [first] = owned;
  if (first === undefined) return;
  const columns = Object.keys(first)
    .map((column) => `"${column}"`)
    .join(', ');
  await client.query(`insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1::jsonb)`, [
    JSON.stringify(owned),
  ]);
}
