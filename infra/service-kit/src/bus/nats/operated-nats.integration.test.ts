// What an operator does to a NATS that carries our events, and what a NATS does whose limits are reached.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, DiscardPolicy, type JetStreamManager, nanos } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, silentLogger } from '../../testing.ts';
import { startTestServer } from '../../testing-server.ts';
import { testEvent } from '../bus-conformance.ts';
import type { BusEvent, EventBus } from '../event-bus.ts';
import { openEventBus } from '../open-event-bus.ts';
import { hasNatsServer, startNatsServer, testNatsUrl } from './nats-testing.ts';
import { topologyOf } from './nats-topology.ts';

/** Tries of a connection that is refused. */
const REFUSED_TRIES = 4;
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

it.skipIf(!hasNatsServer)(
  'a NATS whose users are changed has nothing lost, and both is said once (needs nats-server on PATH)',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'portico-users-'));
    const [file, log] = [join(dir, 'server.conf'), join(dir, 'log')];
    const allow = (user: string) =>
      writeFile(
        file,
        `log_file: "${log}"\njetstream { store_dir: "${dir}" }\nauthorization { users: [{ user: ${user}, password: secret }] }\n`,
      );
    await allow('ours');
    await using server = await startTestServer({
      command: 'nats-server',
      argumentsFor: (port) => ['-c', file, '--addr', '127.0.0.1', '--port', String(port)],
      url: (port) => `nats://ours:secret@127.0.0.1:${port}`,
      answers: async (url) => (await testNatsUrl(url)) !== undefined,
    });
    const lines: string[] = [];
    const say = (_: unknown, line: string): void => void lines.push(line);
    await using database = await createTestDatabase();
    await using bus = await openEventBus({
      natsUrl: server.url,
      databaseUrl: database.url,
      logger: { ...silentLogger, info: say, warn: say },
    });
    const got: BusEvent[] = [];
    await using _ = await bus.consume({ name: NAME, batchMax: 10 }, async (batch) => void got.push(...batch));
    const event = testEvent('a', 0);
    const published = (): Promise<boolean> =>
      bus.publish([event]).then(
        () => true,
        () => false,
      );
    const refusals = async (): Promise<number> => (await readFile(log, 'utf8')).split('authentication error').length - 1;
    await expect.poll(() => bus.check(), WITHIN).toEqual({ status: 'up' });
    await allow('others');
    server.signal('SIGHUP');
    await expect.poll(refusals, WITHIN).toBeGreaterThanOrEqual(REFUSED_TRIES);
    expect([await published(), await bus.check()]).toEqual([false, { status: 'down' }]);
    await allow('ours');
    server.signal('SIGHUP');
    await expect.poll(published, WITHIN).toBe(true);
    await expect.poll(() => got, WITHIN).toEqual([event]);
    expect(lines.filter((line) => line.startsWith('connect') || line.startsWith('the connection'))).toEqual([
      'the connection broke; trying again',
      'connected again',
    ]);
    await rm(dir, { recursive: true });
  },
  120_000,
);
