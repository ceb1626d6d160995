import type { Database } from '@portico/service-kit/orm';
import { CamelCasePlugin, Kysely, PostgresDialect, type PostgresPool } from 'kysely';

/** The statements of better-auth, on the pool that the entities use. Its columns are named like all others here. */
export async function openSignInDatabase({ orm }: Database): Promise<Kysely<unknown>> {
  // The ORM types its native client for all drivers; with PostgreSQL it is pg's pool.
  const pool = (await orm.em.getConnection().getNativeClient()) as PostgresPool;
  return new Kysely({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()] });
}
