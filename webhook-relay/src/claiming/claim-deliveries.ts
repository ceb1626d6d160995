// Takes deliveries that are due, for this process and for the time of a lease. Whoever claims holds the endpoints' rows for the length of the
// transaction, always in the order of their ids: so the caps of an endpoint hold across processes, and nobody waits in a circle. The deliveries
// themselves are not touched: one whose lease has ended and that nobody completed is due as it was. The SQL is a function of the database.
import { randomUUID } from 'node:crypto';
import type { Database } from '@portico/service-kit/database/orm';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { storedTime } from '../stored-time.ts';
import type { ClaimedDelivery } from './claimed-delivery.ts';

export type ClaimRequest = {
  /** Endpoints to look at; null for all. */
  readonly endpoints: readonly string[] | null;
  /** Endpoints that have all they may have in this process. */
  readonly full: readonly string[];
  /** Endpoints of which an attempt hangs: they count as failing before the attempt has failed. */
  readonly slow: readonly string[];
  /** Deliveries to take at most, and of these for failing endpoints. */
  readonly free: number;
  readonly freeForFailing: number;
  readonly now: Date;
  readonly leaseMs: number;
};

const CLAIM = `${allTenants('deliveries that are due')}select * from webhooks.claim($1, $2, $3, $4, $5, $6, $7, $8)`;

const WRITE_DOWN = `${allTenants('what is in hand')}select webhooks.write_down($1)`;

/** What has been in hand for a second becomes a row that waits under its lease. A claim that looks at all endpoints does so too. */
export async function writeDown({ run }: Pick<Database, 'run'>, now: Date): Promise<void> {
  await run(WRITE_DOWN, [now]);
}

/** One statement, however many deliveries. */
export async function claimDeliveries({ run }: Pick<Database, 'run'>, request: ClaimRequest): Promise<ClaimedDelivery[]> {
  const { endpoints, full, slow, free, freeForFailing, now, leaseMs } = request;
  const lease = randomUUID();
  const leasedUntil = new Date(now.getTime() + leaseMs);
  const rows = await run(CLAIM, [now, endpoints, full, slow, free, freeForFailing, lease, leasedUntil]);
  const events = new Map(rows.flatMap((row) => (row.eventType === null ? [] : [[String(row.eventId), eventOf(row)] as const])));
  return rows.map((row) => ({ ...row, lease, leasedUntil, ...events.get(String(row.eventId)) }) as ClaimedDelivery);
}

/** Of an event that is due at several endpoints one row tells. */
function eventOf({ eventType, payload, occurredAt, traceparent }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { eventType, payload, occurredAt: storedTime(occurredAt), traceparent };
}
