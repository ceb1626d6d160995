import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import type { SubgraphProgram } from '@portico/service-kit/subgraph/start-subgraph';
import { sealed } from './customer.entity.ts';

const COLUMNS = ['email', 'name', 'phone', 'address'] as const;
const BATCH = 200;

/**
 * Encrypts personal data anew under the newest key of the ring, while the program runs. Answers how many rows were changed; when it
 * answers 0, older keys may leave the ring.
 */
export async function resealCustomers({ database, contextFor }: SubgraphProgram): Promise<number> {
  const { keyRing } = contextFor({ accountId: '', mode: 'test', actor: 'service:customers', requestId: '', scopes: new Set() });
  const prefix = `${keyRing.newest}.%`;
  const old = COLUMNS.map((column) => `${column}_sealed not like $1`).join(' or ');
  let changed = 0;
  for (;;) {
    const rows = await database.run(
      `${allTenants('key rotation')}select id, ${COLUMNS.map((column) => `${column}_sealed`).join(', ')} from customers.customer where ${old} limit ${BATCH}`,
      [prefix],
    );
    if (rows.length === 0) return changed;
    for (const row of rows) {
      const id = String(row.id);
      const before = COLUMNS.map((column) => row[`${column}_sealed`] as string | null);
      const after = COLUMNS.map((column, i) => (typeof before[i] === 'string' ? sealed[column].reseal(keyRing, id, before[i]) : null));
      // A row that was changed meanwhile was sealed under the newest key by that change.
      const assignments = COLUMNS.map((column, i) => `${column}_sealed = $${i + 2}`).join(', ');
      const unchanged = COLUMNS.map((column, i) => `${column}_sealed is not distinct from $${i + 6}`).join(' and ');
      await database.run(`${allTenants('key rotation')}update customers.customer set ${assignments} where id = $1 and ${unchanged}`, [
        id,
        ...after,
        ...before,
      ]);
      changed += 1;
    }
  }
}
