// Batches of the bus become the work of this process, as much at a time as its workers have room for. What waits on the bus costs nothing, and is attempted
// by who takes it in; what waits in the table is written down, found and taken by whoever has room. So a process that is alone lets the bus wait for its
// workers, and not long: behind the batch are events of others, whose endpoints may be idle.

import { AppError } from '@portico/contracts/errors';
import { countConsumers } from '@portico/service-kit/bus/consumers';
import { type BusEvent, EVENT_LEDGER, type HandleEvents } from '@portico/service-kit/bus/event-bus';
import type { Database } from '@portico/service-kit/database/orm';
import type { Logger } from '@portico/service-kit/logger';
import { type FannedOut, type FanOutOptions, fanOut, type Offer } from '../fan-out/fan-out.ts';
import type { Deliverer } from './start-deliverer.ts';

const LOOKED_MS = 2_000;
/** SQLSTATEs of what PostgreSQL does not understand or take. All else may pass, and the same batch comes again. */
const OF_EVENT = /^(22|54)/;
const ID_SHOWN = 64;

export type IntakeOptions = Pick<FanOutOptions, 'takers' | 'teller' | 'leaseMs'> & {
  readonly database: Pick<Database, 'run'>;
  readonly deliverer: Pick<Deliverer, 'wake' | 'hasRoom' | 'waitForRoom' | 'handOver'>;
  readonly now: () => Date;
  readonly logger: Logger;
};

export function createIntake({ database, deliverer, takers, teller, leaseMs, now, logger }: IntakeOptions): HandleEvents {
  const { run } = database;
  let [alone, lookedAt] = [true, Number.NEGATIVE_INFINITY];

  async function isAlone(): Promise<boolean> {
    if (performance.now() - lookedAt > LOOKED_MS) {
      alone = (await countConsumers(run, EVENT_LEDGER)) < 2;
      lookedAt = performance.now();
    }
    return alone;
  }

  async function takeSome(events: readonly BusEvent[]): Promise<number> {
    const isRoomy = deliverer.hasRoom || ((await isAlone()) && (await deliverer.waitForRoom()));
    const take = (offer: Offer): Promise<FannedOut> => fanOut(events, { run, takers, now: now(), teller, leaseMs, offer, whole: !isRoomy });
    const { events: taken, waiting } = await deliverer.handOver(take);
    deliverer.wake(waiting);
    return taken;
  }

  /**
   * Answers how many of the events, from the first on, are done with. One that can never be written did not come out of an outbox: it must not hold up
   * for good what comes behind it. It is found by halves, and passed over.
   */
  async function takeOrPass(events: readonly BusEvent[]): Promise<number> {
    try {
      return await takeSome(events);
    } catch (err) {
      if (!isOfEvent(err)) throw err;
      if (events.length > 1) return takeOrPass(events.slice(0, Math.ceil(events.length / 2)));
      logger.error(
        { err, operation: 'take in', eventId: events[0]?.id.slice(0, ID_SHOWN) },
        'an event cannot be written; it is passed over',
      );
      return 1;
    }
  }

  return async (events) => {
    for (let rest = onceEach(events); rest.length > 0; ) rest = rest.slice(await takeOrPass(rest));
  };
}

/** Also what is too deep to be made text of. */
function isOfEvent(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'VALIDATION_ERROR';
  return error instanceof RangeError || (error instanceof Error && 'code' in error && OF_EVENT.test(String(error.code)));
}

/** An event that was published anew can be in the batch of the first. Of two deliveries in one statement neither would know of the other. */
function onceEach(events: readonly BusEvent[]): readonly BusEvent[] {
  return [...new Map(events.map((event) => [event.id, event])).values()];
}
