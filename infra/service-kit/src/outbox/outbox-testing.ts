// For tests: an outbox in a schema of its own, written to as subgraphs do.
import { newId } from '@portico/contracts/ids';
import pg from 'pg';
import type { RunStatement } from '../reads/reads.ts';
import { createTestDatabase } from '../testing.ts';
import { mechanicsDdl } from './outbox.ts';
import { reconciliationDdl } from './outbox-ddl.ts';

export const SCHEMA = 'shop';

export type TestOutbox = AsyncDisposable & {
  readonly url: string;
  readonly run: RunStatement;
  /** Adds rows, one after the other, and answers their ids. */
  add(aggregates: readonly string[], accountId?: string): Promise<string[]>;
};

export async function createTestOutbox(): Promise<TestOutbox> {
  const database = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 4 });
  pool.on('error', () => {});
  const run: RunStatement = async (text, values) => (await pool.query(text, [...values])).rows;
  for (const statement of [`create schema ${SCHEMA}`, ...mechanicsDdl(SCHEMA), ...reconciliationDdl(SCHEMA)]) await run(statement, []);
  return {
    url: database.url,
    run,
    async add(aggregates, accountId = 'acct_1') {
      const ids = aggregates.map(() => newId('event'));
      await run(
        `insert into ${SCHEMA}.outbox (id, account_id, mode, type, payload_version, aggregate_id, payload, request_id, occurred_at)
         select id, $3, 'test', 'order.updated', 1, aggregate, '{}', 'req_1', now()
         from unnest($1::text[], $2::text[]) with ordinality as given (id, aggregate, position) order by position`,
        [ids, aggregates, accountId],
      );
      return ids;
    },
    async [Symbol.asyncDispose]() {
      await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
}
