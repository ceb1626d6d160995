// The event bus carries what subgraphs wrote into their outboxes to whoever acts on it. Two brokers do it behind one interface, and one
// conformance suite runs against both: NATS JetStream, or a log in PostgreSQL where nothing but PostgreSQL is to be run.
import { MODES } from '@portico/contracts/caller';
import { z } from 'zod';

export const busEvent = z.object({
  id: z.string(),
  accountId: z.string(),
  mode: z.enum(MODES),
  type: z.string(),
  payloadVersion: z.int(),
  /** Events of one aggregate arrive in the order in which they were published. */
  aggregateId: z.string(),
  payload: z.unknown(),
  requestId: z.string(),
  traceparent: z.string().nullable(),
  /** ISO 8601, UTC, milliseconds. */
  occurredAt: z.string(),
  /** How often it was found lost and published anew; absent the first time. */
  republished: z.int().min(1).optional(),
});
export type BusEvent = z.infer<typeof busEvent>;

export type HandleEvents = (events: readonly BusEvent[]) => Promise<void>;

export type EventBus = AsyncDisposable & {
  readonly kind: 'nats' | 'postgres';
  /** Resolves once the broker has all of them for good. Publishing an event twice is harmless: its id is the message's id. */
  publish(events: readonly BusEvent[]): Promise<void>;
  /**
   * A durable consumer; a new one begins with the oldest event that is kept. Batches arrive in publish order per aggregate. A batch is
   * acknowledged when `handle` resolves and comes again when it throws. Several processes may consume under one name: each event goes to
   * one of them, and only one handles a batch at a time. An event may come more than once; its id tells.
   */
  consume(options: { name: string; batchMax: number }, handle: HandleEvents): Promise<AsyncDisposable>;
  /** When the oldest event was published that this consumer has not acknowledged; null when it has acknowledged all there are. */
  oldestWaiting(consumer: string): Promise<Date | null>;
  check(): Promise<{ status: 'up' | 'down' }>;
};

/** The consumer that writes every event into a ledger, which the graph answers `unknownEvents` from. */
export const EVENT_LEDGER = 'webhook-relay';

/** Events are kept this long, acknowledged or not. */
export const EVENT_AGE_MAX_MS = 3 * 24 * 3_600_000;

/** The id under which the broker knows a duplicate. An event that was lost goes out under a new one: its old one may still be remembered. */
export function messageIdOf({ id, republished }: BusEvent): string {
  return republished === undefined ? id : `${id}.${republished}`;
}
