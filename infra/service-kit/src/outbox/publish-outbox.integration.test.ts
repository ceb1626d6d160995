import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { BusEvent, EventBus } from '../bus/event-bus.ts';
import { openPostgresBus } from '../bus/postgres/postgres-bus.ts';
import { silentLogger, testEnvironment } from '../testing.ts';
import { createTestOutbox, SCHEMA, type TestOutbox } from './outbox-testing.ts';
import { publishBatch, startOutboxPublisher } from './publish-outbox.ts';

const WITHIN = { timeout: 50_000, interval: 10 };

async function unpublished({ run }: TestOutbox): Promise<number> {
  return Number((await run(`select count(*)::int as count from ${SCHEMA}.outbox where published_at is null`, []))[0]?.count);
}

async function readerOf(bus: EventBus, got: BusEvent[]): Promise<AsyncDisposable> {
  return bus.consume({ name: 'reader', batchMax: 50 }, async (events) => void got.push(...events));
}

describe('the outbox publisher', () => {
  it('publishes rows by position, as they were written, and marks them', async () => {
    await using outbox = await createTestOutbox();
    const ids = await outbox.add(['a', 'b', 'a']);
    const published: BusEvent[] = [];
    const bus = { publish: async (events: readonly BusEvent[]) => void published.push(...events) };
    expect(await publishBatch({ schema: SCHEMA, run: outbox.run, bus })).toBe(3);
    expect(published.map(({ id }) => id)).toEqual(ids);
    expect(published[0]).toMatchObject({ accountId: 'acct_1', aggregateId: 'a', occurredAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) });
    expect(await publishBatch({ schema: SCHEMA, run: outbox.run, bus })).toBe(0);
  });

  it('marks nothing that the broker refused, and publishes it once the broker takes it', async () => {
    await using outbox = await createTestOutbox();
    const ids = await outbox.add(['a', 'b']);
    let refuses = true;
    const published: string[] = [];
    const bus = {
      publish: async (events: readonly BusEvent[]) => {
        if (refuses) throw new Error('The broker is down.');
        published.push(...events.map(({ id }) => id));
      },
    };
    await expect(publishBatch({ schema: SCHEMA, run: outbox.run, bus })).rejects.toThrow('The broker is down.');
    expect(await unpublished(outbox)).toBe(2);
    await using _ = startOutboxPublisher({ schema: SCHEMA, databaseUrl: outbox.url, bus, logger: silentLogger });
    refuses = false;
    await expect.poll(() => published, WITHIN).toEqual(ids);
  });

  it('runs in one process at a time; a wake in another reaches it, and another takes over', async () => {
    await using outbox = await createTestOutbox();
    const by: string[] = [];
    const publisher = (who: string) =>
      startOutboxPublisher({
        schema: SCHEMA,
        databaseUrl: outbox.url,
        bus: { publish: async (events) => void by.push(...events.map(() => who)) },
        logger: silentLogger,
      });
    const first = publisher('first');
    await outbox.add(['a']);
    await expect.poll(() => by, WITHIN).toEqual(['first']);
    await using second = publisher('second');
    await outbox.add(['a']);
    second.wake();
    await expect.poll(() => by, WITHIN).toEqual(['first', 'first']);
    await first[Symbol.asyncDispose]();
    await outbox.add(['a']);
    await expect.poll(() => by, WITHIN).toEqual(['first', 'first', 'second']);
  });

  it("loses nothing when it is killed between the broker's answer and the mark", async () => {
    await using outbox = await createTestOutbox();
    await using bus = await openPostgresBus({ databaseUrl: outbox.url, logger: silentLogger });
    const ids = await outbox.add(['a', 'b', 'a']);
    const child = startProcess(outbox, { HOLD: '1' });
    await once(child, 'message');
    await kill(child);
    expect(await unpublished(outbox)).toBe(3);
    const again: string[] = [];
    const counting = {
      publish: async (events: readonly BusEvent[]) => {
        again.push(...events.map(({ id }) => id));
        await bus.publish(events);
      },
    };
    await using _ = startOutboxPublisher({ schema: SCHEMA, databaseUrl: outbox.url, bus: counting, logger: silentLogger });
    const got: BusEvent[] = [];
    await using __ = await readerOf(bus, got);
    await expect.poll(() => unpublished(outbox), WITHIN).toBe(0);
    await expect.poll(() => got.map(({ id }) => id), WITHIN).toEqual(ids);
    expect(again).toEqual(ids);
  });

  it('keeps the order of each aggregate over processes that are killed in the middle', async () => {
    await using outbox = await createTestOutbox();
    await using bus = await openPostgresBus({ databaseUrl: outbox.url, logger: silentLogger });
    const ids: string[] = [];
    for (let life = 0; life < 3; life += 1) {
      ids.push(...(await outbox.add(Array.from({ length: 450 }, (_, row) => `aggregate-${row % 7}`))));
      const child = startProcess(outbox, {});
      await once(child, 'message');
      await kill(child);
    }
    await using _ = startOutboxPublisher({ schema: SCHEMA, databaseUrl: outbox.url, bus, logger: silentLogger });
    const got: BusEvent[] = [];
    await using __ = await readerOf(bus, got);
    await expect.poll(() => got.length, WITHIN).toBe(ids.length);
    expect(got.map(({ id }) => id)).toEqual(ids);
  });
});

function startProcess({ url }: TestOutbox, env: Readonly<Record<string, string>>): ChildProcess {
  return fork(new URL('./publisher-process-testing.ts', import.meta.url), { env: testEnvironment({ DATABASE_URL: url, ...env }) });
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
