import pg from 'pg';
import { messageOf } from '../read-error.ts';
import type { Check } from './check.ts';

const MIN_VERSION = 150_000;

/** Whether a PostgreSQL answers there, is new enough and takes what a start writes. */
export async function checkPostgres(url: string, timeoutMs: number): Promise<Check> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs });
  // A connection that breaks between two answers is reported by the answer that fails.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; number: string; create: boolean; reads: string; encoding: string }>(
      `select current_setting('server_version') as version, current_setting('server_version_num') as number,
              has_database_privilege(current_database(), 'create') as create,
              current_setting('transaction_read_only') as reads, current_setting('server_encoding') as encoding`,
    );
    const [server] = rows;
    if (Number(server?.number) < MIN_VERSION) return { ok: false, problem: `PostgreSQL ${server?.version} answers; 15 or newer is needed` };
    if (server?.reads === 'on') return { ok: false, problem: 'PostgreSQL answers, but it is read-only (a standby, or set so)' };
    if (server?.create !== true) return { ok: false, problem: 'PostgreSQL answers, but its user may not create schemas in this database' };
    if (server.encoding !== 'UTF8')
      return { ok: false, problem: `PostgreSQL answers, but the database has the encoding ${server.encoding}; UTF8 is needed` };
    return { ok: true, detail: `PostgreSQL ${server.version}` };
  } catch (error) {
    return { ok: false, problem: `PostgreSQL does not answer: ${reasonOf(error)}` };
  } finally {
    await client.end().catch(() => {});
  }
}

function reasonOf(error: unknown): string {
  // Where a name has several addresses, the error of each is inside and the outer message is empty.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return messageOf(error);
}
