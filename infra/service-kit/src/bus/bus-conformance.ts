// What both implementations of the event bus promise. Each runs this suite against its own broker.
import { newId } from '@portico/contracts/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BusEvent, EventBus, HandleEvents } from './event-bus.ts';

export type BusUnderTest = AsyncDisposable & {
  /** Another connection to the same broker, as another process would have it. */
  open(): Promise<EventBus>;
  /** Ends every connection to the broker, or the broker itself, and brings it back. */
  restartBroker(): Promise<void>;
};

const WITHIN = { timeout: 50_000, interval: 10 };
const NAME = 'reader';

export function testEvent(aggregateId: string, place: number): BusEvent {
  return {
    id: newId('event'),
    accountId: 'acct_1',
    mode: 'test',
    type: 'order.updated',
    payloadVersion: 1,
    aggregateId,
    payload: { place },
    requestId: 'req_1',
    traceparent: null,
    occurredAt: '2026-01-02T03:04:05.678Z',
  };
}

/** `count` events of each aggregate, taking turns. */
function eventsOf(aggregates: readonly string[], count: number): BusEvent[] {
  return Array.from({ length: count }, (_, place) => aggregates.map((aggregate) => testEvent(aggregate, place))).flat();
}

function idsOf(events: readonly BusEvent[]): string[] {
  return events.map(({ id }) => id);
}

function inOrder(events: readonly BusEvent[], aggregate: string): number[] {
  return events.filter(({ aggregateId }) => aggregateId === aggregate).map(({ payload }) => (payload as { place: number }).place);
}

/** `skip`: the broker cannot be had here. */
export function describeEventBus(name: string, start: () => Promise<BusUnderTest>, { skip = false }: { skip?: boolean } = {}): void {
  describe.skipIf(skip)(`the event bus over ${name}`, { timeout: 120_000 }, () => {
    let broker: BusUnderTest;
    let bus: EventBus;
    let opened: AsyncDisposableStack;
    beforeEach(async () => {
      opened = new AsyncDisposableStack();
      broker = opened.use(await start());
      bus = opened.use(await broker.open());
      await expect.poll(() => bus.check(), WITHIN).toEqual({ status: 'up' });
    });
    afterEach(() => opened.disposeAsync());

    async function consume(handle: HandleEvents, options: { on?: EventBus; batchMax?: number } = {}): Promise<AsyncDisposable> {
      return opened.use(await (options.on ?? bus).consume({ name: NAME, batchMax: options.batchMax ?? 10 }, handle));
    }

    it('hands on what was published, as it was published', async () => {
      const events = [...eventsOf(['a'], 1), { ...testEvent('b', 0), traceparent: '00-1-2-01', republished: 1 }];
      await bus.publish(events);
      const got: BusEvent[] = [];
      await consume(async (batch) => void got.push(...batch));
      await expect.poll(() => got, WITHIN).toEqual(events);
    });

    it('keeps the order of each aggregate, within batches and across them', async () => {
      const got: BusEvent[] = [];
      await consume(async (batch) => void got.push(...batch), { batchMax: 7 });
      for (const half of [0, 1])
        await bus.publish(eventsOf(['a', 'b', 'c'], 40).map((e) => ({ ...e, payload: { place: placeOf(e) + half * 40 } })));
      await expect.poll(() => got.length, WITHIN).toBe(240);
      for (const aggregate of ['a', 'b', 'c']) expect(inOrder(got, aggregate)).toEqual(Array.from({ length: 80 }, (_, place) => place));
    });

    it('hands out no more at a time than was asked for', async () => {
      await bus.publish(eventsOf(['a', 'b'], 10));
      const sizes: number[] = [];
      await consume(async (batch) => void sizes.push(batch.length), { batchMax: 6 });
      await expect.poll(() => sizes.reduce((sum, size) => sum + size, 0), WITHIN).toBe(20);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(6);
    });

    it('brings a batch again, whole and in order, when handling it failed', async () => {
      const events = eventsOf(['a'], 5);
      await bus.publish(events);
      const tries: string[][] = [];
      await consume(async (batch) => {
        tries.push(idsOf(batch));
        if (tries.length < 3) throw new Error('Not yet.');
      });
      await expect.poll(() => tries.length, WITHIN).toBeGreaterThanOrEqual(3);
      for (const ids of tries.slice(0, 3)) expect(ids).toEqual(idsOf(events));
    });

    it('goes on after a restart of the consumer where it was, with what came in the meantime', async () => {
      const [before, meanwhile] = [eventsOf(['a'], 5), eventsOf(['a'], 5)];
      await bus.publish(before);
      const first: BusEvent[] = [];
      const consumer = await consume(async (batch) => void first.push(...batch));
      await expect.poll(() => bus.oldestWaiting(NAME), WITHIN).toBeNull();
      await consumer[Symbol.asyncDispose]();
      await bus.publish(meanwhile);
      const second: BusEvent[] = [];
      await consume(async (batch) => void second.push(...batch), { on: opened.use(await broker.open()) });
      await expect.poll(() => second.length, WITHIN).toBe(5);
      expect([idsOf(first), idsOf(second)]).toEqual([idsOf(before), idsOf(meanwhile)]);
    });

    it('hands a batch that was left in the middle to the next consumer before anything newer', async () => {
      const events = eventsOf(['a'], 12);
      await bus.publish(events.slice(0, 4));
      const reached = Promise.withResolvers<void>();
      const held = Promise.withResolvers<void>();
      const left = await bus.consume({ name: NAME, batchMax: 10 }, async () => {
        reached.resolve();
        await held.promise;
        throw new Error('Left in the middle.');
      });
      await reached.promise;
      await bus.publish(events.slice(4));
      const ended = left[Symbol.asyncDispose]();
      held.resolve();
      await ended;
      const got: BusEvent[] = [];
      await consume(async (batch) => void got.push(...batch), { on: opened.use(await broker.open()) });
      await expect.poll(() => got.length, WITHIN).toBe(12);
      expect(idsOf(got)).toEqual(idsOf(events));
    });

    it('shares a name among processes: each event goes to one, and another takes over', async () => {
      const got: Record<'one' | 'two', BusEvent[]> = { one: [], two: [] };
      let underWay = 0;
      const handleAs = (who: 'one' | 'two'): HandleEvents => {
        return async (batch) => {
          underWay += 1;
          expect(underWay).toBe(1);
          await new Promise(setImmediate);
          got[who].push(...batch);
          underWay -= 1;
        };
      };
      const one = await consume(handleAs('one'));
      await bus.publish([testEvent('warm', 0)]);
      await expect.poll(() => got.one.length, WITHIN).toBe(1);
      await consume(handleAs('two'), { on: opened.use(await broker.open()) });
      const events = eventsOf(['a', 'b'], 20);
      await bus.publish(events.slice(0, 20));
      await expect.poll(() => inOrder([...got.one, ...got.two], 'a').length, WITHIN).toBe(10);
      await one[Symbol.asyncDispose]();
      await bus.publish(events.slice(20));
      await expect.poll(() => inOrder([...got.one, ...got.two], 'a').length, WITHIN).toBe(20);
      const all = [...got.one, ...got.two].filter(({ aggregateId }) => aggregateId !== 'warm');
      expect(idsOf(all)).toEqual(idsOf(events));
      expect(got.two.length).toBeGreaterThan(0);
    });

    it('takes an event that is published twice once, and one that was lost and is published anew again', async () => {
      const [event] = eventsOf(['a'], 1) as [BusEvent];
      const last = testEvent('a', 1);
      for (const published of [event, event, { ...event, republished: 1 }, last]) await bus.publish([published]);
      const got: BusEvent[] = [];
      await consume(async (batch) => void got.push(...batch));
      await expect.poll(() => idsOf(got), WITHIN).toContain(last.id);
      expect(idsOf(got)).toEqual([event.id, event.id, last.id]);
    });

    it('tells when the oldest event was published that waits for a consumer', async () => {
      expect(await bus.oldestWaiting(NAME)).toBeNull();
      const events = eventsOf(['a'], 2);
      await bus.publish(events);
      const waiting = await bus.oldestWaiting(NAME);
      expect(Math.abs(Date.now() - (waiting?.getTime() ?? 0))).toBeLessThan(10_000);
      await consume(async () => {});
      await expect.poll(() => bus.oldestWaiting(NAME), WITHIN).toBeNull();
    });

    it('loses nothing and goes on by itself when the broker restarts in the middle', async () => {
      const got: BusEvent[] = [];
      await consume(async (batch) => void got.push(...batch));
      const [before, after] = [eventsOf(['a'], 10), eventsOf(['a'], 10)];
      await bus.publish(before);
      await broker.restartBroker();
      await expect
        .poll(
          () =>
            bus.publish(after).then(
              () => 'published',
              () => 'refused',
            ),
          WITHIN,
        )
        .toBe('published');
      await expect.poll(() => new Set(idsOf(got)).size, WITHIN).toBe(20);
      expect([...new Set(idsOf(got))]).toEqual(idsOf([...before, ...after]));
    });
  });
}

function placeOf({ payload }: BusEvent): number {
  return (payload as { place: number }).place;
}
