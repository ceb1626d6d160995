// Batches of the bus become the work of this process, as much at a time as its workers have room for. What waits on the bus costs nothing, and is attempted
// by who takes it in; what waits in the table is written down, found and taken by whoever has room. So a process that is alone lets the bus wait for its
// workers, and not long: behind the batch are events of others, whose endpoints may be idle.
import { countConsumers } from '@portico/service-kit/bus/consumers';
import { type BusEvent, EVENT_LEDGER, type HandleEvents } from '@portico/service-kit/bus/event-bus';
import type { Database } from '@portico/service-kit/database/orm';
import { type FannedOut, type FanOutOptions, fanOut, type Offer } from '../fan-out/fan-out.ts';
import type { Deliverer } from './start-deliverer.ts';

const LOOKED_MS = 2_000;

export type IntakeOptions = Pick<FanOutOptions, 'takers' | 'teller' | 'leaseMs'> & {
  readonly database: Pick<Database, 'run'>;
  readonly deliverer: Pick<Deliverer, 'wake' | 'hasRoom' | 'waitForRoom' | 'handOver'>;
  readonly now: () => Date;
};

export function createIntake({ database, deliverer, takers, teller, leaseMs, now }: IntakeOptions): HandleEvents {
  const { run } = database;
  let [alone, lookedAt] = [true, Number.NEGATIVE_INFINITY];

  async function isAlone(): Promise<boolean> {
    if (performance.now() - lookedAt > LOOKED_MS) {
      alone = (await countConsumers(run, EVENT_LEDGER)) < 2;
      lookedAt = performance.now();
    }
    return alone;
  }

  return async (events) => {
    for (let rest = onceEach(events); rest.length > 0; ) {
      const isRoomy = deliverer.hasRoom || ((await isAlone()) && (await deliverer.waitForRoom()));
      const take = (offer: Offer): Promise<FannedOut> => fanOut(rest, { run, takers, now: now(), teller, leaseMs, offer, whole: !isRoomy });
      const { events: taken, waiting } = await deliverer.handOver(take);
      deliverer.wake(waiting);
      rest = rest.slice(taken);
    }
  };
}

/** An event that was published anew can be in the batch of the first. Of two deliveries in one statement neither would know of the other. */
function onceEach(events: readonly BusEvent[]): readonly BusEvent[] {
  return [...new Map(events.map((event) => [event.id, event])).values()];
}
