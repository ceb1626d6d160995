// The statements of better-auth, on the pool that the entities use and in its schema. Its columns are named like all others here.
import type { Database } from '@portico/service-kit/database/orm';
import { CamelCasePlugin, Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import type pg from 'pg';

const TIMESTAMPTZ_OID = 1184;

export async function openSignInDatabase({ orm }: Database): Promise<Kysely<unknown>> {
  // The ORM types its native client for all drivers; with PostgreSQL it is pg's pool.
  const pool = (await orm.em.getConnection().getNativeClient()) as pg.Pool;
  return new Kysely({ dialect: new PostgresDialect({ pool: withDates(pool) }), plugins: [new CamelCasePlugin()] });
}

/** The ORM has its connections answer times as texts. To better-auth a text is never past, so that nothing would expire: it gets dates. */
function withDates(pool: pg.Pool): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect();
      const getTypeParser = (oid: number, format?: 'text' | 'binary'): ((text: string) => unknown) =>
        oid === TIMESTAMPTZ_OID ? (text) => new Date(text) : client.getTypeParser(oid, format);
      return {
        // Kysely declares two forms, for rows and for cursors; cursors are for streams, which nobody asks for. `never` fits the other form.
        query: (text: unknown, values?: readonly unknown[]): never =>
          client.query({ text: String(text), values: [...(values ?? [])], types: { getTypeParser } }) as never,
        release: () => client.release(),
      };
    },
    end: () => pool.end(),
    options: pool.options,
  };
}
