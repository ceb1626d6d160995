// Outbox rows go to the bus in the order of their positions, by one process per schema at a time. A row is marked after the broker has it:
// a crash in between publishes it twice, which its id makes harmless. Positions of one aggregate are in commit order, because whoever
// changes it holds its row from before the event is written until the commit.
import { type BusEvent, busEvent, type EventBus } from '../bus/event-bus.ts';
import { type ExclusiveWork, startExclusiveWork } from '../bus/exclusive-work.ts';
import type { Logger } from '../logger.ts';
import type { RunStatement } from '../reads/reads.ts';

export type OutboxPublisherOptions = { schema: string; databaseUrl: string; bus: Pick<EventBus, 'publish'>; logger: Logger };

/** Woken after each commit of this process, and by NOTIFY for those of others; this finds what came without either. */
const POLL_MS = 1_000;
const BATCH = 200;

export function startOutboxPublisher({ schema, databaseUrl, bus, logger }: OutboxPublisherOptions): ExclusiveWork {
  return startExclusiveWork({
    databaseUrl,
    name: `portico outbox ${schema}`,
    channel: `outbox_${schema}`,
    logger,
    async work({ signal, run, pause }) {
      while (!signal.aborted) if ((await publishBatch({ schema, run, bus })) < BATCH) await pause(POLL_MS);
    },
  });
}

/** Publishes the oldest rows that are not published, and answers how many. Two statements, one when there is nothing. */
export async function publishBatch(outbox: { schema: string; run: RunStatement; bus: Pick<EventBus, 'publish'> }): Promise<number> {
  const { schema, run, bus } = outbox;
  const rows = await run(
    `select position, id, account_id as "accountId", mode, type, payload_version as "payloadVersion", aggregate_id as "aggregateId", payload,
       request_id as "requestId", traceparent, occurred_at as "occurredAt", nullif(republished, 0) as republished
     from "${schema}".outbox where published_at is null order by position limit ${BATCH}`,
    [],
  );
  if (rows.length === 0) return 0;
  await bus.publish(rows.map(eventOf));
  await run(`update "${schema}".outbox set published_at = now() where position = any($1) and published_at is null`, [
    rows.map(({ position }) => position),
  ]);
  return rows.length;
}

function eventOf({ occurredAt, republished, ...row }: Readonly<Record<string, unknown>>): BusEvent {
  return busEvent.parse({ ...row, occurredAt: (occurredAt as Date).toISOString(), ...(republished === null ? {} : { republished }) });
}
