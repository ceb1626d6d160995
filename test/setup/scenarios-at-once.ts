import pg from 'pg';

/** Two platforms with eight programs each, and the fleet that is shared; measured at its height. */
const CONNECTIONS_OF_TWO = 110;

/**
 * How many files of scenarios may run beside each other: two, where PostgreSQL lets that many connections in. A server of the usual hundred
 * has room for one. The embedded one, which serves where `databaseUrl` is undefined, is started with enough.
 */
export async function scenariosAtOnce(databaseUrl: string | undefined): Promise<1 | 2> {
  if (databaseUrl === undefined) return 2;
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const { rows } = await client.query(
      `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - count(*) filter (where backend_type = 'client backend')::int as free from pg_stat_activity`,
    );
    return rows[0].free < CONNECTIONS_OF_TWO ? 1 : 2;
  } catch {
    // The suites say by themselves that they cannot reach it.
    return 1;
  } finally {
    await client.end().catch(() => {});
  }
}
