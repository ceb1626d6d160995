// One program's database: its own PostgreSQL schema, its entities for writes, its reads. Created by migrations only.

import { type Migration, Migrator } from '@mikro-orm/migrations';
import { type EntityManager, type EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import type { RunStatement } from '../reads/reads.ts';
import { openReadConnections } from '../sql/read-connections.ts';
import { returnBrokenConnections } from '../sql/return-broken-connections.ts';
import { sessionOptions } from '../sql/session-options.ts';
import { STATEMENT_TIMEOUT_MS, statementClient } from '../sql/statement-client.ts';
import { createTenancyGate } from '../sql/tenancy-gate.ts';
import { translateDatabaseError } from './database-errors.ts';
import { tenantFilter } from './tenant.ts';

export type MigrationClass = new (...args: ConstructorParameters<typeof Migration>) => Migration;

export type DatabaseOptions = {
  /** Name of the program in `pg_stat_activity`. */
  program: string;
  databaseUrl: string;
  /** The PostgreSQL schema that this program owns. */
  schema: string;
  entities: EntitySchema[];
  /** By name, in order. Forward only. */
  migrations: Readonly<Record<string, MigrationClass>>;
  /** Tables of the schema whose rows belong to tenants. */
  tenantTables: readonly string[];
  /** Connections of the program at most; half of them are for reads. */
  poolMax: number;
  /** Of every statement but those of migrations, which take as long as they take. */
  statementTimeoutMs?: number;
};

export type Database = AsyncDisposable & {
  readonly orm: MikroORM;
  /** Migrations of the schema that this program does not know, in order: a newer release made them. */
  readonly newerMigrations: readonly string[];
  /** A fresh unit of work. Tenant entities can be read only after `setFilterParams('tenant', …)`. */
  fork(): EntityManager;
  /** Runs one statement on a pooled connection and answers its rows. */
  readonly run: RunStatement;
  /** Runs one statement that changes nothing and waits for no lock. */
  readonly read: RunStatement;
  /** Plain statements in one transaction; `run` works until `work` ends. Rolled back when it throws. */
  transaction<Result>(work: (run: RunStatement) => Promise<Result>): Promise<Result>;
};

/** A process that is stopped in the middle of a transaction holds the rows that it has locked, which others wait for, no longer than that. */
const IDLE_IN_TRANSACTION_MS = 10_000;

/** Connects and migrates. Several processes may do so at once: one migrates, the others wait for it. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const gate = createTenancyGate(options.tenantTables.map((table) => `${options.schema}.${table}`));
  const { program, statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options;
  let isMigrating = true;
  const Client = statementClient({ program, gate, silentMs: 1.5 * statementTimeoutMs, mayBeSilent: () => isMigrating });
  const connection = {
    application_name: `portico ${program}`,
    options: sessionOptions({
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    }),
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  };
  const readsMax = Math.ceil(options.poolMax / 2);
  const orm = await MikroORM.init({
    clientUrl: options.databaseUrl,
    entities: options.entities,
    schema: options.schema,
    extensions: [Migrator],
    // A schema without tenants' rows has nothing to filter by.
    filters: options.tenantTables.length === 0 ? {} : { tenant: tenantFilter },
    // Identity maps live as long as one request; nothing may be read through the global one.
    allowGlobalContext: false,
    ensureDatabase: false,
    pool: { min: 0, max: Math.max(1, options.poolMax - readsMax) },
    driverOptions: { Client, ...connection },
    migrations: {
      migrationsList: Object.entries(options.migrations).map(([name, migration]) => ({ name, class: migration })),
      tableName: 'migration',
      schema: options.schema,
      snapshot: false,
    },
    logger: () => {},
  });
  let newerMigrations: readonly string[];
  try {
    newerMigrations = await migrate(orm, options);
    isMigrating = false;
  } catch (error) {
    await orm.close(true);
    throw error;
  }
  const pool = (await orm.em.getConnection().getNativeClient()) as pg.Pool;
  returnBrokenConnections(pool);
  const reads = openReadConnections({
    // pg's types do not know the option yet; without it the client would send one statement after the other.
    open: () => new Client({ connectionString: options.databaseUrl, ...connection, pipeline: true } as pg.ClientConfig),
    max: readsMax,
  });
  return {
    orm,
    newerMigrations,
    read: reads.run,
    fork: () => orm.em.fork(),
    run: runOn(pool),
    transaction: (work) => inTransaction(pool, work),
    async [Symbol.asyncDispose]() {
      await reads[Symbol.asyncDispose]();
      await orm.close(true);
    },
  };
}

function runOn(client: pg.Pool | pg.PoolClient): RunStatement {
  return (text, values) =>
    client.query(text, values as unknown[]).then(
      (result) => result.rows,
      (error: unknown) => {
        throw translateDatabaseError(error);
      },
    );
}

async function inTransaction<Result>(pool: pg.Pool, work: (run: RunStatement) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(runOn(client));
    await client.query('commit');
    return result;
  } catch (error) {
    // A connection that cannot even roll back is not given to the next one.
    await client.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    throw translateDatabaseError(error);
  } finally {
    client.release(broken);
  }
}

/** The encoding of a database is chosen when it is made. Another one refuses what some customers are called, or cuts their names between bytes. */
async function requireUnicode(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; encoding: string }>(
    `select current_database() as name, current_setting('server_encoding') as encoding`,
  );
  for (const { name, encoding } of rows)
    if (encoding !== 'UTF8')
      throw new Error(`The database ${name} has the encoding ${encoding}. Make one with UTF8: it cannot be changed later.`);
}

/** Answers what has been done to the schema that this program does not know. */
async function migrate(orm: MikroORM, { databaseUrl, schema, migrations }: DatabaseOptions): Promise<readonly string[]> {
  const lock = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'portico migration lock',
    options: sessionOptions({ statement_timeout: 0, idle_session_timeout: 0 }),
  });
  // A connection that breaks while it only holds the lock has nobody else to tell.
  lock.on('error', () => {});
  await lock.connect();
  try {
    await requireUnicode(lock);
    await lock.query('select pg_advisory_lock(hashtext($1))', [`portico migrations ${schema}`]);
    await lock.query(`create schema if not exists "${schema}"`);
    if ((await orm.migrator.getPending()).length > 0)
      await orm.em.fork().transactional(async (em) => {
        // A table with many rows is not changed in the time of a statement.
        await em.execute('set local statement_timeout = 0');
        await orm.migrator.up({ transaction: em.getTransactionContext() });
      });
    return (await orm.migrator.getExecuted()).map(({ name }) => name).filter((name) => !Object.hasOwn(migrations, name));
  } finally {
    await lock.end();
  }
}
