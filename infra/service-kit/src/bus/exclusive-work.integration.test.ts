import pg from 'pg';
import { expect, it } from 'vitest';
import { createTestDatabase, silentLogger } from '../testing.ts';
import { startExclusiveWork } from './exclusive-work.ts';

it('the lock of a holder that is silent for half a minute is free; one that works elsewhere for longer is not silent', async () => {
  await using database = await createTestDatabase();
  const told = Promise.withResolvers<unknown>();
  await using _ = startExclusiveWork({
    databaseUrl: database.url,
    name: 'test work',
    channel: 'test_work',
    logger: silentLogger,
    async work({ run, signal }) {
      told.resolve(await run('show idle_session_timeout', []));
      await new Promise((end) => signal.addEventListener('abort', end, { once: true }));
    },
  });
  expect(await told.promise).toEqual([{ idle_session_timeout: '30s' }]);
  await using pool = Object.assign(new pg.Pool({ connectionString: database.url, max: 1 }), {
    [Symbol.asyncDispose]: (): Promise<void> => pool.end(),
  });
  const lastSaid = async (): Promise<unknown> =>
    (
      await pool.query(`select query, state_change::text from pg_stat_activity 
      where datname = current_database() and application_name = 'test work'`)
    ).rows;
  const before = await lastSaid();
  await expect.poll(lastSaid, { timeout: 25_000 }).not.toEqual(before);
}, 60_000);

it('says once that it fails, however often it tries, and that it goes on', async () => {
  await using database = await createTestDatabase();
  const lines: string[] = [];
  const write = (_: unknown, message: string): void => void lines.push(message);
  let tries = 0;
  await using _ = startExclusiveWork({
    databaseUrl: database.url,
    name: 'test work',
    channel: 'test_work',
    logger: { ...silentLogger, info: write, warn: write },
    async work({ signal }) {
      tries += 1;
      if (tries < 4) throw new Error(`try ${tries}`);
      await new Promise((end) => signal.addEventListener('abort', end, { once: true }));
    },
  });
  await expect.poll(() => lines, { timeout: 20_000 }).toEqual(['exclusive work failed; trying again', 'exclusive work goes on']);
  expect(tries).toBe(4);
}, 60_000);
