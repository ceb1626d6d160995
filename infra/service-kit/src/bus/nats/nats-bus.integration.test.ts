import { randomBytes } from 'node:crypto';
import { connect } from 'nats';
import { describe, expect, it } from 'vitest';
import { createTestDatabase, silentLogger } from '../../testing.ts';
import { describeEventBus, testEvent } from '../bus-conformance.ts';
import type { BusEvent } from '../event-bus.ts';
import { openEventBus } from '../open-event-bus.ts';
import { hasNatsServer, startNatsServer, testNatsUrl } from './nats-testing.ts';

const sharedUrl = await testNatsUrl();
const WITHIN = { timeout: 50_000, interval: 10 };

describeEventBus(
  'NATS JetStream (needs nats-server on PATH)',
  async () => {
    await using opened = new AsyncDisposableStack();
    const database = opened.use(await createTestDatabase());
    const server = opened.use(await startNatsServer());
    const kept = opened.move();
    return {
      open: () => openEventBus({ natsUrl: server.url, databaseUrl: database.url, logger: silentLogger }),
      restartBroker: () => server.start(),
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    };
  },
  { skip: !hasNatsServer },
);

describe.skipIf(!hasNatsServer)('the event bus over a NATS of its own (needs nats-server on PATH)', () => {
  it('refuses to publish while NATS is down, and declares stream and consumer again when its store was deleted', async () => {
    await using database = await createTestDatabase();
    await using server = await startNatsServer();
    await using bus = await openEventBus({ natsUrl: server.url, databaseUrl: database.url, logger: silentLogger });
    const got: BusEvent[] = [];
    await using _ = await bus.consume({ name: 'reader', batchMax: 10 }, async (batch) => void got.push(...batch));
    const [before, after] = [testEvent('a', 0), testEvent('a', 1)];
    await expect
      .poll(
        () =>
          bus.publish([before]).then(
            () => 'published',
            () => 'refused',
          ),
        WITHIN,
      )
      .toBe('published');
    await expect.poll(() => got, WITHIN).toEqual([before]);
    await server.kill();
    await expect(bus.publish([after])).rejects.toThrow();
    expect(await bus.check()).toEqual({ status: 'down' });
    await server.deleteStore();
    await server.start();
    await expect
      .poll(
        () =>
          bus.publish([after]).then(
            () => 'published',
            () => 'refused',
          ),
        WITHIN,
      )
      .toBe('published');
    await expect.poll(() => got, WITHIN).toEqual([before, after]);
  });

  it('opens while NATS is not there yet, and works once it is', async () => {
    await using database = await createTestDatabase();
    await using server = await startNatsServer();
    await server.kill();
    await using bus = await openEventBus({ natsUrl: server.url, databaseUrl: database.url, logger: silentLogger });
    const got: BusEvent[] = [];
    await using _ = await bus.consume({ name: 'reader', batchMax: 10 }, async (batch) => void got.push(...batch));
    await expect(bus.publish([testEvent('a', 0)])).rejects.toThrow('NATS is not connected');
    await server.start();
    await expect
      .poll(
        () =>
          bus.publish([testEvent('a', 0)]).then(
            () => 'published',
            () => 'refused',
          ),
        WITHIN,
      )
      .toBe('published');
    await expect.poll(() => got.length, WITHIN).toBe(1);
  });
});

describe.skipIf(sharedUrl === undefined)(
  'the event bus over a NATS that others use too (needs one at TEST_NATS_URL or 127.0.0.1:4222)',
  () => {
    it('keeps to its namespace, and passes over a message that is no event', async () => {
      const namespace = `test_${randomBytes(6).toString('hex')}`;
      await using database = await createTestDatabase();
      await using bus = await openEventBus({ natsUrl: sharedUrl, databaseUrl: database.url, logger: silentLogger, namespace });
      const event = testEvent('a', 0);
      await expect
        .poll(
          () =>
            bus.publish([event]).then(
              () => 'published',
              () => 'refused',
            ),
          WITHIN,
        )
        .toBe('published');
      const connection = await connect({ servers: sharedUrl });
      await connection.jetstream().publish(`${namespace}.events.order.created`, '{"id": 1}');
      const last = testEvent('a', 1);
      await bus.publish([last]);
      const got: BusEvent[] = [];
      await using _ = await bus.consume({ name: 'reader', batchMax: 10 }, async (batch) => void got.push(...batch));
      await expect.poll(() => got, WITHIN).toEqual([event, last]);
      const manager = await connection.jetstreamManager();
      await manager.streams.delete(`${namespace.toUpperCase()}_EVENTS`);
      await connection.close();
    });
  },
);
