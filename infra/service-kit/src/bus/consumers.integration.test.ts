import pg from 'pg';
import { expect, it } from 'vitest';
import { createTestDatabase, silentLogger } from '../testing.ts';
import { countConsumers } from './consumers.ts';
import { hasNatsServer, startNatsServer } from './nats/nats-testing.ts';
import { openEventBus } from './open-event-bus.ts';

it.each([["PostgreSQL's log", false], ...(hasNatsServer ? ([['JetStream', true]] as const) : [])] as const)(
  'counts the processes that consume under a name over %s',
  async (_, overNats) => {
    await using database = await createTestDatabase();
    await using server = overNats ? await startNatsServer() : undefined;
    const places = { databaseUrl: database.url, natsUrl: server?.url, logger: silentLogger };
    await using one = await openEventBus(places);
    await using two = await openEventBus(places);
    await using pool = Object.assign(new pg.Pool({ connectionString: database.url, max: 1 }), {
      [Symbol.asyncDispose]: (): Promise<void> => pool.end(),
    });
    const count = (): Promise<number> => countConsumers(async (text, values) => (await pool.query(text, [...values])).rows, 'counted');
    expect(await count()).toBe(0);
    await using __ = await one.consume({ name: 'counted', batchMax: 1 }, async () => {});
    await expect.poll(count).toBe(1);
    {
      await using ___ = await two.consume({ name: 'counted', batchMax: 1 }, async () => {});
      await expect.poll(count).toBe(2);
    }
    await expect.poll(count).toBe(1);
  },
);
