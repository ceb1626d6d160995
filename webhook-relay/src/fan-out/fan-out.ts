// An event becomes the work of every endpoint that wants it. Event and deliveries are one statement, so an event that is in the ledger has all
// its deliveries: coming again, which the bus allows itself, it changes nothing, not even for endpoints that were added meanwhile. What this process
// can attempt at once it has in its hands with the same statement, and is a row when it is over, or has taken a second.
import { randomUUID } from 'node:crypto';
import { tenantKey } from '@portico/contracts/caller';
import { newId } from '@portico/contracts/ids';
import type { BusEvent } from '@portico/service-kit/bus/event-bus';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { textArray } from '@portico/service-kit/sql/text-array';
import type { ClaimedDelivery } from '../claiming/claimed-delivery.ts';
import { type Takers, type TenantTakers, wants } from './takers.ts';

/** The arrays of `webhooks.fan_out`, in its order. */
const EVENT: readonly ((event: BusEvent) => string | null)[] = [
  ({ id }) => id,
  ({ accountId }) => accountId,
  ({ mode }) => mode,
  ({ type }) => type,
  ({ payloadVersion }) => String(payloadVersion),
  ({ aggregateId }) => aggregateId,
  ({ payload }) => JSON.stringify(payload ?? null),
  ({ requestId }) => requestId,
  ({ traceparent }) => traceparent,
  ({ occurredAt }) => occurredAt,
];
const DELIVERY: readonly ((delivery: NewDelivery) => string)[] = [
  ({ id }) => id,
  ({ event }) => event.id,
  ({ endpointId }) => endpointId,
  ({ offered }) => (offered ? '1' : '0'),
];
const TENANT: readonly ((tenant: TenantTakers) => string)[] = [
  ({ accountId }) => accountId,
  ({ mode }) => mode,
  ({ signature }) => signature,
];
/** Moment, teller, lease and its end. */
const PLAIN = 4;
const ARRAYS = TENANT.length + 1 + EVENT.length + DELIVERY.length;
const FAN_OUT = `${allTenants('events of any tenant reach its endpoints')}select * from webhooks.fan_out($1, $2, $3, $4, ${Array.from(
  { length: ARRAYS },
  (_, i) => `$${PLAIN + i + 1}::text[]`,
).join(', ')})`;

/** How often who takes what is read anew for a batch. */
const LOOKS_MAX = 5;

/** What a process can attempt at once. */
export type Offer = {
  readonly free: number;
  /** Of that, for endpoints of which it is not known that they answer. */
  readonly freeForUnknown: number;
  knows(endpointId: string): boolean;
  /** Endpoints that get nothing more for now. */
  refuses(endpointId: string): boolean;
};

export type FanOutOptions = {
  readonly run: RunStatement;
  readonly takers: Takers;
  readonly now: Date;
  /** This process, which need not be told. */
  readonly teller: string;
  readonly leaseMs: number;
  readonly offer: Offer;
  /** All of the batch at once, though there is not room for all of its deliveries. */
  readonly whole: boolean;
};

export type FannedOut = {
  /** So many of the events, from the first on. */
  readonly events: number;
  /** Endpoints for which something waits. */
  readonly waiting: readonly string[];
  /** In this process's hands. */
  readonly handed: readonly ClaimedDelivery[];
};

/**
 * Writes a batch into the ledger, or as much of it as there is room for, one event at least. Others are told what waits. One statement, however many events;
 * two more when the endpoints of a tenant have changed since, or were not known.
 */
export async function fanOut(
  batch: readonly BusEvent[],
  { run, takers, now, teller, leaseMs, offer, whole }: FanOutOptions,
): Promise<FannedOut> {
  const lease = { lease: randomUUID(), leasedUntil: new Date(now.getTime() + leaseMs) };
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const known = await takers.of([...new Map(batch.map((event) => [tenantKey(event), event])).values()]);
    const { events, deliveries } = fitting(batch, known, whole ? Number.POSITIVE_INFINITY : offer.free);
    const offered = offerable(deliveries, offer);
    const offeredTo = [...new Set(offered.flatMap((one) => (one.offered ? one.endpointId : [])))];
    const [row] = await run(FAN_OUT, [
      now,
      teller,
      lease.lease,
      lease.leasedUntil,
      ...TENANT.map((textOf) => textArray(known.map(textOf))),
      textArray(offeredTo),
      ...EVENT.map((textOf) => textArray(events.map(textOf))),
      ...DELIVERY.map((textOf) => textArray(offered.map(textOf))),
    ]);
    if (row !== undefined && row.changed !== true) {
      const [ids, versions] = [row.handed as string[], row.versions as number[]];
      const versionOf = new Map(ids.map((id, i) => [id, versions[i]]));
      const handed = offered.flatMap((one) => handedOver(one, lease, versionOf.get(one.id)));
      return { events: events.length, waiting: row.waiting as string[], handed };
    }
    takers.forget(known);
  }
  throw new Error('Endpoints change faster than they are read; the batch comes again.');
}

type Lease = Pick<ClaimedDelivery, 'lease' | 'leasedUntil'>;
type NewDelivery = { readonly id: string; readonly event: BusEvent; readonly endpointId: string; readonly offered: boolean };

function fitting(
  batch: readonly BusEvent[],
  known: readonly TenantTakers[],
  room: number,
): { events: readonly BusEvent[]; deliveries: NewDelivery[] } {
  const takersOf = new Map(known.map((one) => [tenantKey(one), one.takers]));
  const deliveries: NewDelivery[] = [];
  for (const [place, event] of batch.entries()) {
    const wanting = (takersOf.get(tenantKey(event)) ?? []).filter((taker) => wants(taker, event));
    if (place > 0 && deliveries.length + wanting.length > room) return { events: batch.slice(0, place), deliveries };
    for (const taker of wanting) deliveries.push({ id: newId('delivery'), event, endpointId: taker.id, offered: false });
  }
  return { events: batch, deliveries };
}

/** Of an object only the first for each endpoint: the others wait for it. */
function offerable(deliveries: readonly NewDelivery[], { free, freeForUnknown, knows, refuses }: Offer): NewDelivery[] {
  const lines = new Set<string>();
  let [left, leftForUnknown] = [free, freeForUnknown];
  return deliveries.map((delivery) => {
    const { event, endpointId } = delivery;
    const line = `${endpointId} ${event.aggregateId}`;
    const known = knows(endpointId);
    const offered = left > 0 && (known || leftForUnknown > 0) && !lines.has(line) && !refuses(endpointId);
    lines.add(line);
    if (!offered) return delivery;
    left -= 1;
    if (!known) leftForUnknown -= 1;
    return { ...delivery, offered };
  });
}

function handedOver({ id, event, endpointId }: NewDelivery, lease: Lease, endpointVersion: number | undefined): ClaimedDelivery[] {
  if (endpointVersion === undefined) return [];
  const { accountId, mode, type, payload, occurredAt, traceparent } = event;
  const about = { accountId, mode, eventId: event.id, eventType: type, payload, occurredAt: new Date(occurredAt), traceparent };
  const endpoint = { endpointId, endpointVersion, endpointFailed: false, endpointFailing: false };
  return [{ ...about, ...endpoint, ...lease, id, attempts: 0, attemptsTotal: 0, ratePerSecond: null, waitMs: 0 }];
}
