import { translateDatabaseError } from '@portico/service-kit/database/database-errors';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { openReadConnections } from '@portico/service-kit/sql/read-connections';
import { sessionOptions } from '@portico/service-kit/sql/session-options';
import { STATEMENT_TIMEOUT_MS, statementClient } from '@portico/service-kit/sql/statement-client';
import pg from 'pg';

const CONNECTION_TIMEOUT_MS = 5_000;
/** Beside the pool: nobody reads here but the look at data versions, and there is one at a time. */
const READS_MAX = 1;

/** For few rows by a key, again and again: by itself PostgreSQL plans a statement with arrays anew every time, and makes a bitmap of eight rows. */
const SETTINGS = { statement_timeout: STATEMENT_TIMEOUT_MS, plan_cache_mode: 'force_generic_plan', enable_bitmapscan: 'off' };
/** And it reads a small table whole as soon as it has counted its rows. */
const READ_SETTINGS = { ...SETTINGS, enable_seqscan: 'off' };

/** `read`: for statements that change nothing, wait for no lock, and find few rows by a key. */
export type Statements = AsyncDisposable & { readonly run: RunStatement; readonly read: RunStatement };

/** For a program that has no entities, only statements. */
export function openStatements(options: { program: string; databaseUrl: string; poolMax: number }): Statements {
  // What a gateway keeps is bookkeeping keyed by account and mode; no table of it belongs to a tenant.
  const Client = statementClient({ program: options.program, gate: () => {} });
  const connection = (settings: Parameters<typeof sessionOptions>[0]) => ({
    connectionString: options.databaseUrl,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    application_name: `portico ${options.program}`,
    options: sessionOptions(settings),
    keepAlive: true,
  });
  const pool = new pg.Pool({ ...connection(SETTINGS), max: Math.max(1, options.poolMax - READS_MAX), Client });
  // An idle connection that breaks is replaced by the next statement, which reports what it finds.
  pool.on('error', () => {});
  const reads = openReadConnections({
    // pg's types do not know the option yet; without it the client would send one statement after the other.
    open: () => new Client({ ...connection(READ_SETTINGS), pipeline: true } as pg.ClientConfig),
    max: READS_MAX,
  });
  return {
    read: reads.run,
    run: (text, values) =>
      pool.query(text, [...values]).then(
        (result) => result.rows,
        (error: unknown) => {
          throw translateDatabaseError(error);
        },
      ),
    async [Symbol.asyncDispose]() {
      await reads[Symbol.asyncDispose]();
      await pool.end();
    },
  };
}
