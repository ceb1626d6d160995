import type { RunStatement } from '../reads/reads.ts';

/** Rows stay this long after the ledger had them. */
const KEEP_MS = 7 * 24 * 3_600_000;
const BATCH = 1_000;

/** Deletes some of the oldest rows that are done with, and answers how many. A row that was never reconciled stays, however old. */
export async function pruneOutbox({ schema, run }: { schema: string; run: RunStatement }): Promise<number> {
  const deleted = await run(
    `delete from "${schema}".outbox where position in (
       select position from "${schema}".outbox where reconciled_at < now() - $1 * interval '1 millisecond' order by reconciled_at limit ${BATCH}
     ) returning position`,
    [KEEP_MS],
  );
  return deleted.length;
}
