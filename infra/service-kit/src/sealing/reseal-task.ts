// Key rotation at rest: rows that were sealed under an older key of the ring move to its newest one, beside normal work.

import { allTenants } from '../sql/tenancy-gate.ts';
import type { SubgraphProgram } from '../subgraph/start-subgraph.ts';
import type { SealedColumn } from './sealed-columns.ts';

/** What it works with: any program that has sealed columns has this, subgraph or not. */
export type ResealProgram = Pick<SubgraphProgram, 'database' | 'keyRing' | 'logger'>;

const BATCH = 200;
/** A start runs the task at once; of a key that a ring has gained since, a later run makes use. */
const IDLE_MS = 6 * 3_600_000;
const REASON = allTenants('key rotation');

/** `columns`: by the table's column. A run that changes nothing and logs nothing means that older keys may leave the ring. */
export function resealTask(
  table: string,
  columns: Readonly<Record<string, Pick<SealedColumn<unknown>, 'reseal'>>>,
): { idleMs: number; runOnce(program: ResealProgram): Promise<number> } {
  const names = Object.keys(columns);
  const old = names.map((name) => `${name} not like $2`).join(' or ');
  const page = `${REASON}select id, ${names.join(', ')} from ${table} where id > $1 and (${old}) order by id limit ${BATCH}`;
  const assignments = names.map((name, i) => `${name} = $${i + 2}`).join(', ');
  const unchanged = names.map((name, i) => `${name} is not distinct from $${i + 2 + names.length}`).join(' and ');
  const update = `${REASON}update ${table} set ${assignments} where id = $1 and ${unchanged} returning id`;

  async function resealRow({ database, keyRing, logger }: ResealProgram, row: Readonly<Record<string, unknown>>): Promise<number> {
    const id = String(row.id);
    const before = names.map((name) => row[name] as string | null);
    let after: (string | null)[];
    try {
      after = names.map((name, i) => (typeof before[i] === 'string' ? (columns[name]?.reseal(keyRing, id, before[i]) ?? null) : null));
    } catch (err) {
      // One row whose key is gone, or that was altered, must not keep the others from moving.
      logger.error({ err, operation: `reseal ${table} ${id}` }, 'a sealed row does not open');
      return 0;
    }
    if (after.every((sealed, i) => sealed === before[i])) return 0;
    // A row that was changed meanwhile was sealed under the newest key by that change.
    return (await database.run(update, [id, ...after, ...before])).length;
  }

  return {
    idleMs: IDLE_MS,
    async runOnce(program) {
      let changed = 0;
      let last = '';
      for (;;) {
        const rows = await program.database.run(page, [last, `${program.keyRing.newest}.%`]);
        for (const row of rows) changed += await resealRow(program, row);
        if (rows.length < BATCH) return changed;
        last = String(rows.at(-1)?.id);
      }
    },
  };
}
