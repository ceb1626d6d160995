// What an operator does to a NATS that carries our events, and what a NATS does whose limits are reached.
import { connect, DiscardPolicy, type JetStreamManager, nanos } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, silentLogger } from '../../testing.ts';
import { testEvent } from '../bus-conformance.ts';
import type { BusEvent, EventBus } from '../event-bus.ts';
import { openEventBus } from '../open-event-bus.ts';
import { hasNatsServer, startNatsServer } from './nats-testing.ts';
import { topologyOf } from './nats-topology.ts';

const WITHIN = { timeout: 50_000, interval: 10 };
const { stream } = topologyOf('portico');
const NAME = 'reader';

describe.skipIf(!hasNatsServer)('a NATS that is operated (needs nats-server on PATH)', { timeout: 120_000 }, () => {
  let opened: AsyncDisposableStack;
  let bus: EventBus;
  let manager: JetStreamManager;
  beforeEach(async () => {
    opened = new AsyncDisposableStack();
    const database = opened.use(await createTestDatabase());
    const server = opened.use(await startNatsServer());
    bus = opened.use(await openEventBus({ natsUrl: server.url, databaseUrl: database.url, logger: silentLogger }));
    await expect.poll(() => bus.check(), WITHIN).toEqual({ status: 'up' });
    const connection = await connect({ servers: server.url });
    opened.defer(() => connection.close());
    manager = await connection.jetstreamManager();
  });
  afterEach(() => opened.disposeAsync());

  async function consume(): Promise<{ got: BusEvent[]; end(): Promise<void> }> {
    const got: BusEvent[] = [];
    const consumer = await bus.consume({ name: NAME, batchMax: 10 }, async (batch) => void got.push(...batch));
    return { got, end: async () => void (await consumer[Symbol.asyncDispose]()) };
  }
  const idsOf = (events: readonly BusEvent[]): string[] => [...new Set(events.map(({ id }) => id))];

  it.each([
    ['consumer', () => manager.consumers.delete(stream, NAME)],
    ['stream', () => manager.streams.delete(stream)],
  ])('whose %s is deleted while it is read has another at once, and nothing is lost', async (_, remove) => {
    const reader = await consume();
    await bus.publish([testEvent('a', 0)]);
    await expect.poll(() => reader.got.length, WITHIN).toBe(1);
    await remove();
    const last = testEvent('a', 1);
    await bus.publish([last]);
    await expect.poll(() => idsOf(reader.got), WITHIN).toContain(last.id);
    await reader.end();
  });

  it('from whose stream messages were deleted tells what waits behind them, and that nothing does', async () => {
    const reader = await consume();
    await bus.publish([testEvent('a', 0)]);
    await expect.poll(() => bus.oldestWaiting(NAME), WITHIN).toBeNull();
    await reader.end();
    await bus.publish([testEvent('a', 1), testEvent('a', 2)]);
    await manager.streams.deleteMessage(stream, 2);
    const { time } = await manager.streams.getMessage(stream, { seq: 3 });
    expect(await bus.oldestWaiting(NAME)).toEqual(time);
    await manager.streams.deleteMessage(stream, 3);
    expect(await bus.oldestWaiting(NAME)).toBeNull();
  });

  it('whose stream is full refuses, is down as long as it does, and takes what waits once there is room', async () => {
    const [first, second] = [testEvent('a', 0), testEvent('a', 1)];
    await bus.publish([first]);
    const { config } = await manager.streams.info(stream);
    await manager.streams.update(stream, { ...config, discard: DiscardPolicy.New, max_msgs: 1 });
    await expect(bus.publish([second])).rejects.toThrow('maximum messages exceeded');
    expect(await bus.check()).toEqual({ status: 'down' });
    await manager.streams.update(stream, { ...config, discard: DiscardPolicy.New, max_msgs: 2 });
    await bus.publish([second]);
    expect(await bus.check()).toEqual({ status: 'up' });
    const reader = await consume();
    await expect.poll(() => idsOf(reader.got), WITHIN).toEqual([first.id, second.id]);
    await reader.end();
  });

  it('whose window of duplicates has passed takes an event twice, under the same id', async () => {
    const event = testEvent('a', 0);
    await bus.publish([event]);
    const { config } = await manager.streams.info(stream);
    await manager.streams.update(stream, { ...config, duplicate_window: nanos(100) });
    await expect
      .poll(async () => {
        await bus.publish([event]);
        return (await manager.streams.info(stream)).state.messages;
      }, WITHIN)
      .toBeGreaterThan(1);
    const reader = await consume();
    await expect.poll(() => bus.oldestWaiting(NAME), WITHIN).toBeNull();
    expect(idsOf(reader.got)).toEqual([event.id]);
    await reader.end();
  });
});
