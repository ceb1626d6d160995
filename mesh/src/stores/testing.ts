// For tests of what the gateway keeps in the access schema: one of its tables in a database of its own.
import { readFileSync } from 'node:fs';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { statementClient } from '@portico/service-kit/sql/statement-client';
import { createTestDatabase } from '@portico/service-kit/testing';
import pg from 'pg';

const CONNECTIONS_MAX = 20;

export async function openAccessTable(table: string): Promise<AsyncDisposable & { readonly pool: pg.Pool; readonly run: RunStatement }> {
  const database = await createTestDatabase();
  const Client = statementClient({ program: 'test', gate: () => {} });
  const pool = new pg.Pool({ connectionString: database.url, max: CONNECTIONS_MAX, Client });
  // The pool has ended before its connections have: the last of them may see the database go.
  pool.on('error', () => {});
  await pool.query('create schema access');
  for (const statement of asMigrated(table)) await pool.query(statement);
  return {
    pool,
    run: (text, values) => pool.query(text, [...values]).then(({ rows }) => rows),
    async [Symbol.asyncDispose]() {
      await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** The table's statements as the admin service migrates them. They are read, not imported: this package may not see that one. */
function asMigrated(table: string): string[] {
  const migration = readFileSync(new URL('../../../admin/server/migrations/0001-access.ts', import.meta.url), 'utf8');
  const statements = [...migration.matchAll(/addSql\(`([^`]+)`\)/g)].map(([, text = '']) => text);
  const found = statements.filter((text) => text.includes(`access.${table} (`));
  if (found.length === 0) throw new Error(`The migration does not make access.${table} any more.`);
  return found;
}
