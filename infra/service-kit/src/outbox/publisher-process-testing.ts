// A publisher in a process of its own, for tests that kill it: it says when the broker has a batch, and with HOLD=1 it never marks one.
import { openPostgresBus } from '../bus/postgres/postgres-bus.ts';
import { silentLogger } from '../testing.ts';
import { SCHEMA } from './outbox-testing.ts';
import { startOutboxPublisher } from './publish-outbox.ts';

const databaseUrl = process.env.DATABASE_URL ?? '';
const bus = await openPostgresBus({ databaseUrl, logger: silentLogger });
startOutboxPublisher({
  schema: SCHEMA,
  databaseUrl,
  logger: silentLogger,
  bus: {
    async publish(events) {
      await bus.publish(events);
      process.send?.({ acknowledged: events.length });
      if (process.env.HOLD === '1') await new Promise(() => {});
    },
  },
});
