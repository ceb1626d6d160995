import { AppError } from '@portico/contracts/errors';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../testing.ts';
import { openReadConnections, type ReadConnections } from './read-connections.ts';
import { statementClient } from './statement-client.ts';
import { onStatement } from './statement-log.ts';

const APPLICATION = 'read connections test';
/** Not those of another run on the same server. */
const OURS = 'where datname = current_database() and application_name = $1';
const ENOUGH_TO_BE_NAMED = 8;

let database: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

function open(max: number): ReadConnections {
  const Client = statementClient({
    program: 'test',
    gate: (text) => {
      if (text.includes('forbidden')) throw new Error('The gate is shut.');
    },
  });
  const config = { connectionString: database.url, application_name: APPLICATION, pipeline: true };
  return openReadConnections({ open: () => new Client(config as pg.ClientConfig), max });
}

async function asOperator<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const countOpen = (): Promise<number> =>
  asOperator(async (client) => {
    const { rows } = await client.query(`select count(*)::int as n from pg_stat_activity ${OURS}`, [APPLICATION]);
    return rows[0].n;
  });

describe('read connections', () => {
  it('answer every one of many statements with its own rows, over no more connections than allowed', async () => {
    await using reads = open(3);
    const ask = (i: number) => reads.run('select $1::int as "number", repeat($2, 3) as "text"', [i, String(i)]);
    const rows = (await Promise.all(Array.from({ length: 500 }, (_, i) => ask(i)))).flat();
    expect(rows).toEqual(Array.from({ length: 500 }, (_, i) => ({ number: i, text: String(i).repeat(3) })));
    const later = (await Promise.all(Array.from({ length: 500 }, (_, i) => ask(i)))).flat();
    expect(later).toEqual(rows);
    expect(await countOpen()).toBeLessThanOrEqual(3);
  });

  it('read a repeated statement as they read it the first time, whatever its types', async () => {
    await using reads = open(1);
    const text = `select $1::bigint as "amount", 't'::boolean as "flag", null::text as "nothing", '{"a":[1]}'::jsonb as "json",
      array['x','y'] as "list", timestamptz '2026-01-02T03:04:05.678Z' as "at"`;
    const [first] = await reads.run(text, ['9007199254740991']);
    for (let use = 1; use < ENOUGH_TO_BE_NAMED; use += 1) expect(await reads.run(text, ['9007199254740991'])).toEqual([first]);
    expect(first).toMatchObject({ amount: Number.MAX_SAFE_INTEGER, flag: true, nothing: null, json: { a: [1] }, list: ['x', 'y'] });
  });

  it('fail only the statement that fails', async () => {
    await using reads = open(1);
    const results = await Promise.allSettled([
      reads.run('select 1 as one', []),
      reads.run('select 1 / $1::int as broken', [0]),
      reads.run('select nothing from nowhere where id = $1', ['x']),
      reads.run('select $1::int as two', [2]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(results[3]).toMatchObject({ value: [{ two: 2 }] });
  });

  it('send nothing that the gate refuses, and go on', async () => {
    await using reads = open(1);
    await reads.run('select 1', []);
    const sent: string[] = [];
    using _ = onStatement(({ text, program }) => void (program === 'test' && sent.push(text)));
    await expect(reads.run('select $1::text as forbidden', ['x'])).rejects.toThrow('The gate is shut.');
    expect(await reads.run('select $1::int as fine', [1])).toEqual([{ fine: 1 }]);
  });

  it('refuse U+0000, which PostgreSQL has not, as a mistake of the caller', async () => {
    await using reads = open(1);
    for (const values of [['a\0'], [['a', '\0b']]])
      await expect(reads.run('select $1::text as text', values)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
    expect(await reads.run('select $1::text as text', ['a'])).toEqual([{ text: 'a' }]);
  });

  it('say that the database is away when a connection breaks, and open another for the next read', async () => {
    await using reads = open(1);
    await reads.run('select 1', []);
    const [underWay] = await Promise.allSettled([
      reads.run('select pg_sleep(30)', []),
      asOperator(async (client) => {
        const ended = async () =>
          (
            await client.query(`select pg_terminate_backend(pid) from pg_stat_activity ${OURS} and query like 'select pg_sleep%'`, [
              APPLICATION,
            ])
          ).rowCount;
        await expect.poll(ended).toBe(1);
      }),
    ]);
    expect(underWay).toMatchObject({ status: 'rejected', reason: { code: 'SERVICE_UNAVAILABLE' } });
    expect(underWay.status === 'rejected' && underWay.reason).toBeInstanceOf(AppError);
    await expect.poll(() => reads.run('select 1 as back', []).catch(() => 'away')).toEqual([{ back: 1 }]);
  });

  it('say that the database is away when it cannot be reached', async () => {
    await using reads = openReadConnections({ open: () => new pg.Client({ host: '127.0.0.1', port: 1 }), max: 2 });
    await expect(reads.run('select 1', [])).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await expect(reads.run('select 1', [])).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  it('do not keep what is cheap waiting behind what is slow while another connection is free', async () => {
    await using reads = open(2);
    // Enough at once that the second connection is opened. It is there for the server before it is for us.
    const used = async (): Promise<number> => {
      const rows = await Promise.all(Array.from({ length: 40 }, () => reads.run('select pg_backend_pid() as pid', [])));
      return new Set(rows.map(([row]) => row?.pid)).size;
    };
    await expect.poll(used).toBe(2);
    const order: string[] = [];
    await asOperator(async (client) => {
      await client.query('select pg_advisory_lock(1)');
      const slow = reads.run('select pg_advisory_lock_shared(1)::text', []).then(() => order.push('slow'));
      await new Promise(setImmediate);
      await reads.run('select 1', []).then(() => order.push('cheap'));
      await client.query('select pg_advisory_unlock(1)');
      await slow;
    });
    expect(order).toEqual(['cheap', 'slow']);
  });

  it('are gone when they are closed', async () => {
    const reads = open(2);
    await reads.run('select 1', []);
    await reads[Symbol.asyncDispose]();
    await expect(reads.run('select 1', [])).rejects.toThrow('closed');
    await expect.poll(countOpen).toBe(0);
  });
});
