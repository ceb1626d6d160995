import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createTestDatabase, silentLogger } from '../../testing.ts';
import { describeEventBus, testEvent } from '../bus-conformance.ts';
import { openEventBus } from '../open-event-bus.ts';

describeEventBus('PostgreSQL', async () => {
  const database = await createTestDatabase();
  return {
    open: () => openEventBus({ databaseUrl: database.url, logger: silentLogger }),
    restartBroker: () =>
      withClient(database.url, async (client) => {
        await client.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        );
      }),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
});

describe('the event log in PostgreSQL', () => {
  it('does not pass over an event whose transaction commits late', async () => {
    await using database = await createTestDatabase();
    await using bus = await openEventBus({ databaseUrl: database.url, logger: silentLogger });
    const got: string[] = [];
    await using _ = await bus.consume({ name: 'reader', batchMax: 10 }, async (events) => void got.push(...events.map(({ id }) => id)));
    const [first, late, early, next] = [0, 1, 2, 3].map((place) => testEvent('a', place)) as [Event, Event, Event, Event];
    await bus.publish([first]);
    await expect.poll(() => got, WITHIN).toEqual([first.id]);
    await withClient(database.url, async (client) => {
      await client.query('begin');
      await client.query('insert into bus.event (message_id, event) values ($1, $2)', [late.id, JSON.stringify(late)]);
      await bus.publish([early]);
      // What is committed but may not be read yet waits: the consumer looks, and finds nothing.
      expect(await bus.oldestWaiting('reader')).not.toBeNull();
      expect(got).toEqual([first.id]);
      await client.query('commit');
    });
    await bus.publish([next]);
    await expect.poll(() => got, WITHIN).toEqual([first.id, late.id, early.id, next.id]);
  });

  it('goes on in a database that was restored on another server, whose transaction ids are lower', async () => {
    await using database = await createTestDatabase();
    const events = [testEvent('a', 0), testEvent('a', 1)] as const;
    {
      await using bus = await openEventBus({ databaseUrl: database.url, logger: silentLogger });
      await using _ = await bus.consume({ name: 'reader', batchMax: 10 }, async () => {});
      await bus.publish([events[0]]);
      await expect.poll(() => bus.oldestWaiting('reader'), WITHIN).toBeNull();
    }
    await withClient(database.url, async (client) => {
      await client.query(`update bus.event set xid = '9000000000000'`);
      await client.query(`update bus.consumer set xid = '9000000000000'`);
    });
    await using bus = await openEventBus({ databaseUrl: database.url, logger: silentLogger });
    const got: string[] = [];
    await using _ = await bus.consume({ name: 'reader', batchMax: 10 }, async (batch) => void got.push(...batch.map(({ id }) => id)));
    await bus.publish([events[1]]);
    await expect.poll(() => got, WITHIN).toEqual([events[1].id]);
  });
});

type Event = ReturnType<typeof testEvent>;
const WITHIN = { timeout: 50_000, interval: 10 };

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
