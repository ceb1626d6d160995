import { createTestDatabase } from '@portico/service-kit/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLookAtVersions } from './look-at-versions.ts';

const tenant = { accountId: 'acct_1', mode: 'test' } as const;
const other = { accountId: 'acct_2', mode: 'test' } as const;

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let writer: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  writer = await connect();
  for (const schema of ['orders', 'products']) {
    await writer.query(`create schema ${schema}`);
    await writer.query(
      `create table ${schema}.data_version (account_id text, mode text, slot int, version int, primary key (account_id, mode, slot))`,
    );
  }
});
afterAll(async () => {
  await writer?.end();
  await database?.[Symbol.asyncDispose]();
});

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url });
  // The last of them may see the database go.
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function raise(schema: string, { accountId, mode }: typeof tenant | typeof other): Promise<void> {
  await writer.query(
    `insert into ${schema}.data_version as v values ($1, $2, 0, 1) on conflict (account_id, mode, slot) do update set version = v.version + 1`,
    [accountId, mode],
  );
}

/** A look over a connection of its own; `reads` counts those that found something new. */
async function openLook() {
  let client = await connect();
  const reads = { count: 0 };
  const look = createLookAtVersions({
    schemas: ['orders', 'products'],
    run: async (text, values) => {
      const { rows } = await client.query(text, [...values]);
      if (rows.length > 0) reads.count += 1;
      return rows;
    },
  });
  return {
    look,
    reads,
    reconnect: async () => {
      await client.end();
      client = await connect();
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

describe('a look at data versions', () => {
  it('sees every write that was answered before, in every schema, of each tenant alone', async () => {
    await using opened = await openLook();
    const [first, ofOther] = await opened.look([tenant, other]);
    await raise('orders', tenant);
    const [second] = await opened.look([tenant]);
    await raise('products', tenant);
    const [third, stillOfOther] = await opened.look([tenant, other]);
    expect(new Set([first, second, third]).size).toBe(3);
    expect(stillOfOther).toBe(ofOther);
  });

  it('sees a write whose transaction was under way when nothing changed for a while', async () => {
    await using opened = await openLook();
    await writer.query('begin');
    await raise('orders', tenant);
    const before = await untilCalm(opened);
    await writer.query('commit');
    expect(await opened.look([tenant])).not.toEqual(before);
  });

  it('believes nothing that it saw over another connection', async () => {
    await using opened = await openLook();
    await untilCalm(opened);
    await opened.reconnect();
    const { count } = opened.reads;
    await opened.look([tenant]);
    expect(opened.reads.count).toBe(count + 1);
  });
});

/** Looks until nothing was written since the look before, in other databases of the server either; what the last one answered. */
async function untilCalm({ look, reads }: Pick<Awaited<ReturnType<typeof openLook>>, 'look' | 'reads'>): Promise<string[]> {
  for (;;) {
    const { count } = reads;
    const versions = await look([tenant]);
    if (reads.count === count) return versions;
  }
}
