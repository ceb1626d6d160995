// The request log as JSON Lines, for an archive or an auditor. Day by day, each in a transaction of its own that only reads: it sees one
// state of the day and holds nobody up.
import { invalid } from '@portico/contracts/errors';
import { findAccount } from '../accounts/accounts.ts';
import type { AdminContext } from '../context.ts';
import { listPartitions, partitionOf } from './request-log-partitions.ts';

export type ExportRange = {
  /** First and last day, `2026-11-01`, in UTC. */
  from: string;
  to: string;
  /** Slug or id; everybody's requests without it. */
  account?: string | undefined;
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const PAGE_ROWS = 1_000;

/** Lines in batches, without line ends. Days come in order; within a day, rows as they were written. VALIDATION_ERROR, NOT_FOUND. */
export async function* exportRequestLog(context: AdminContext, { from, to, account }: ExportRange): AsyncGenerator<string[]> {
  for (const [name, day] of Object.entries({ from, to })) {
    if (!DAY.test(day) || Number.isNaN(Date.parse(day))) throw invalid({ [name]: 'It must be a day, as 2026-11-01.' });
  }
  if (from > to) throw invalid({ to: 'It is before `from`.' });
  const accountId = account === undefined ? undefined : (await findAccount(context, account)).id;
  for (const day of await listPartitions(context)) if (day >= from && day <= to) yield* exportDay(context, day, accountId);
}

async function* exportDay({ database }: AdminContext, day: string, accountId: string | undefined): AsyncGenerator<string[]> {
  const em = database.fork();
  await em.begin({ readOnly: true });
  try {
    // Whoever reads it decides how fast.
    await em.execute('set local idle_in_transaction_session_timeout = 0');
    await em.execute(
      `declare request_log_rows no scroll cursor for select at, request_id, account_id, mode, actor, method, operation, path, query, status,
         error_code, round(duration_ms::numeric, 2)::float8 as duration_ms, address, user_agent
       from access.${partitionOf(day)} where ?::text is null or account_id = ?`,
      [accountId ?? null, accountId ?? null],
    );
    for (;;) {
      const rows: Record<string, unknown>[] = await em.execute(`fetch ${PAGE_ROWS} from request_log_rows`);
      if (rows.length > 0) yield rows.map(lineOf);
      if (rows.length < PAGE_ROWS) return;
    }
  } finally {
    await em.rollback();
  }
}

function lineOf(row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    at: new Date(String(row.at)).toISOString(),
    requestId: row.request_id,
    accountId: row.account_id,
    mode: row.mode,
    actor: row.actor,
    method: row.method,
    operation: row.operation,
    path: row.path,
    query: row.query,
    status: row.status,
    errorCode: row.error_code,
    durationMs: row.duration_ms,
    address: row.address,
    userAgent: row.user_agent,
  });
}
