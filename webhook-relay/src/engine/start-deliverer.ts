// Claims what is due, attempts it, writes down what became of it, and looks again at the endpoints that have a slot free. Woken by whoever makes
// something due, in this process or another; a look at all endpoints once a second finds the rest: retries whose time has come, work that was left.

import type { Database } from '@portico/service-kit/database/orm';
import type { Logger } from '@portico/service-kit/logger';
import { createOutage } from '@portico/service-kit/outage';
import { type AttemptDependencies, type AttemptResult, attemptDelivery, loggedSize } from '../attempts/attempt-delivery.ts';
import { createCompletionBatch } from '../attempts/completion-batch.ts';
import { claimDeliveries, writeDown } from '../claiming/claim-deliveries.ts';
import type { ClaimedDelivery } from '../claiming/claimed-delivery.ts';
import type { EndpointConfig, EndpointConfigs } from '../claiming/endpoint-configs.ts';
import type { Offer } from '../fan-out/fan-out.ts';
import { createBell } from './bell.ts';
import { createHints } from './hints.ts';
import { createLines } from './lines.ts';
import { sleep } from './sleep.ts';
import { createSlots, roomAmong } from './slots.ts';
import { waitForRoom } from './wait-for-room.ts';

export type DelivererOptions = AttemptDependencies & {
  readonly database: Pick<Database, 'run'>;
  readonly configs: EndpointConfigs;
  /** Answers the endpoints of these results for which more is due. */
  readonly write: (results: readonly AttemptResult[]) => Promise<ReadonlySet<string>>;
  readonly logger: Logger;
  readonly workers: number;
  readonly leaseMs: number;
  readonly pollMs: number;
};

/** While there is not much room a claim waits so long for more. */
const CLAIM_WAIT_MS = 5;
/** What this process cannot attempt waits so long. */
const POSTPONED_MS = 60_000;

export type Deliverer = AsyncDisposable & {
  /** A good part of the workers is free. */
  readonly hasRoom: boolean;
  /** Until a good part of them is free, if that is worth waiting for; answers whether it is. */
  waitForRoom(): Promise<boolean>;
  /** Attempts what `take` answers to the room that is offered; claims wait for it, as for each other. */
  handOver<Taken extends { readonly handed: readonly ClaimedDelivery[] }>(take: (offer: Offer) => Promise<Taken>): Promise<Taken>;
  /** Deliveries of these endpoints became due; of any without a list. */
  wake(endpoints?: readonly string[]): void;
  /** Attempts all that is due, and what becomes due by that; answers how many attempts it made itself. */
  runOnce(): Promise<number>;
};

/** Disposing claims no more, gives attempts under way `timeoutMs` to end, and writes down what became of them. */
export function startDeliverer(options: DelivererOptions): Deliverer {
  const { database, configs, logger, workers, leaseMs, pollMs, timeoutMs, now } = options;
  const stop = new AbortController();
  const giveUp = new AbortController();
  const abandoned = new AbortController();
  const slots = createSlots({ workers });
  const lines = createLines({ stop: stop.signal });
  const hints = createHints();
  const freed = createBell();
  const running = new Set<Promise<void>>();
  // Endpoints that were looked at while attempts of them were under way, which may have kept something back: looked at again when one ends. Once: what is
  // kept back then is seen by the completion of whatever keeps it.
  const passedOver = new Set<string>();
  const again = new Set<string>();
  // Endpoints that were not looked at because the workers for them were taken: looked at when one of those is free.
  const heldBack = createHints();
  let turn: Promise<unknown> = Promise.resolve();
  const completions = createCompletionBatch({ write: options.write, sizeOf: loggedSize, logger, signal: abandoned.signal });

  /** One claim after the other: each begins with the room that the one before has left. */
  function inTurn<Result>(take: () => Promise<Result>): Promise<Result> {
    const taken = turn.then(take);
    turn = taken.catch(() => {});
    return taken;
  }

  const claim = (endpoints: readonly string[] | null): Promise<number> => inTurn(() => claimNow(endpoints));

  async function claimNow(wanted: readonly string[] | null): Promise<number> {
    const { only, freeForUnknown, ...open } = slots.room();
    const room = { ...open, full: [...open.full, ...lines.leaving] };
    if (room.free === 0) return 0;
    const free = only === undefined ? freeForUnknown : room.free;
    const endpoints = only === undefined ? wanted : (wanted?.filter((id) => only.has(id)) ?? [...only]);
    if (only !== undefined) wanted === null ? heldBack.addAll() : heldBack.add(wanted.filter((id) => !only.has(id)));
    if (wanted === null && endpoints !== null) await writeDown(database, now());
    if (endpoints?.length === 0) return 0;
    const underWay = slots.endpoints();
    for (const id of endpoints ?? underWay) if (!again.delete(id) && underWay.has(id)) passedOver.add(id);
    const askedAt = performance.now();
    const claimed = await claimDeliveries(database, { ...roomAmong(endpoints, room), free, endpoints, now: now(), leaseMs });
    // The workers were what was short: the same endpoints may have more, and are looked at when one is free.
    if (claimed.length >= free) endpoints === null ? hints.addAll() : hints.add(endpoints);
    await begin(claimed, 'claimed', askedAt);
    return claimed.length;
  }

  async function begin(claimed: readonly ClaimedDelivery[], how: 'claimed' | 'handed', askedAt: number): Promise<void> {
    for (const delivery of claimed) slots.take(delivery, how);
    const wanted = new Map(claimed.map(({ endpointId, endpointVersion }) => [endpointId, endpointVersion]));
    const known = await configs.of(wanted).catch((error: unknown) => {
      for (const delivery of claimed) keepRunning(giveBack(delivery));
      throw error;
    });
    for (const config of known.values()) if (!(config instanceof Error)) slots.sized(config.id, config.concurrency);
    for (const delivery of claimed) keepRunning(deliver(delivery, known.get(delivery.endpointId), askedAt));
  }

  function lookAtHeldBack(): void {
    if (heldBack.all) hints.addAll();
    hints.add(heldBack.take());
  }

  function keepRunning(work: Promise<void>): void {
    const kept = work.finally(() => running.delete(kept));
    running.add(kept);
  }

  /** Nothing was sent. Unless it is said, the lease stands to its end and the slot for ever. */
  async function giveBack(delivery: ClaimedDelivery): Promise<void> {
    await completions.add({ delivery, verdict: { kind: 'given-up' }, endedAt: now() });
    slots.give(delivery);
  }

  async function deliver(delivery: ClaimedDelivery, endpoint: EndpointConfig | Error | undefined, askedAt: number): Promise<void> {
    const { endpointId } = delivery;
    let waiting = true;
    try {
      const result = await attempt(delivery, endpoint, askedAt);
      if (!slots.knows(endpointId)) lookAtHeldBack();
      slots.end(delivery);
      freed.ring();
      waiting = (await completions.add(result))?.has(endpointId) ?? false;
    } finally {
      lines.leave(delivery);
      slots.give(delivery);
      freed.ring();
      if (passedOver.delete(endpointId) || waiting) {
        again.add(endpointId);
        hints.add([endpointId]);
      }
    }
  }

  async function attempt(delivery: ClaimedDelivery, endpoint: EndpointConfig | Error | undefined, askedAt: number): Promise<AttemptResult> {
    if (endpoint === undefined) return { delivery, verdict: { kind: 'orphaned' }, endedAt: now() };
    if (endpoint instanceof Error) return postponed(delivery, endpoint);
    const moment = await lines.moment(delivery, askedAt);
    if (moment === 'never') return { delivery, verdict: { kind: 'given-up' }, endedAt: now() };
    // It gets another moment. One whose lease has ended may be another's by now, and over there.
    if (moment === 'over' || now() >= delivery.leasedUntil) return dueAsItWas(delivery);
    slots.begin(delivery);
    // Receivers make nothing reject: what does is ours, an event of a later release say. It must not end the process, nor hold others up.
    return attemptDelivery(options, delivery, endpoint, giveUp.signal).catch((err: unknown) => postponed(delivery, err));
  }

  /** It stays due before all that came after it, whoever's clock its event has its time from. */
  function dueAsItWas(delivery: ClaimedDelivery): AttemptResult {
    const endedAt = now();
    return { delivery, verdict: { kind: 'postponed', untilMs: Math.min(delivery.occurredAt.getTime(), endedAt.getTime()) }, endedAt };
  }

  function postponed(delivery: ClaimedDelivery, err: unknown): AttemptResult {
    const { endpointId, eventId } = delivery;
    logger.error({ err, endpointId, eventId, operation: 'attempt delivery' }, 'a delivery cannot be attempted; it waits a minute');
    const endedAt = now();
    return { delivery, verdict: { kind: 'postponed', untilMs: endedAt.getTime() + POSTPONED_MS }, endedAt };
  }

  const loop = (async () => {
    let polledAt = Number.NEGATIVE_INFINITY;
    const outage = createOutage({
      logger,
      fields: { operation: 'claim deliveries' },
      began: 'deliveries could not be claimed; trying again',
      ended: 'deliveries are claimed again',
    });
    while (!stop.signal.aborted) {
      const dueInMs = polledAt + pollMs - performance.now();
      await hints.wait(dueInMs, stop.signal);
      if (stop.signal.aborted) return;
      if (slots.free === 0) {
        await freed.wait(pollMs, stop.signal);
        continue;
      }
      if (!slots.hasRoom) await sleep(CLAIM_WAIT_MS, stop.signal);
      const all = performance.now() >= polledAt + pollMs || hints.all;
      if (all) polledAt = performance.now();
      const endpoints = hints.take();
      await claim(all ? null : endpoints).then(outage.over, (err: unknown) => {
        outage.failed(err);
        hints.add(endpoints);
        return sleep(pollMs, stop.signal);
      });
    }
  })();

  return {
    wake(endpoints) {
      // News: what it tells of may be kept back by a completion that has begun already.
      for (const id of endpoints ?? again) again.delete(id);
      endpoints === undefined ? hints.addAll() : hints.add(endpoints);
    },
    get hasRoom() {
      return slots.hasRoom;
    },
    waitForRoom: () => waitForRoom(slots, stop.signal),
    handOver: (take) =>
      inTurn(async () => {
        const { free, freeForUnknown, full, only } = slots.room();
        const refused = new Set(full);
        const refuses = (id: string): boolean => refused.has(id) || only?.has(id) === false;
        const askedAt = performance.now();
        const taken = await take({ free: stop.signal.aborted ? 0 : free, freeForUnknown, knows: slots.knows, refuses });
        // The events are in the ledger and must be acknowledged, whatever becomes of what was handed over.
        await begin(taken.handed, 'handed', askedAt).catch((err: unknown) => {
          logger.warn({ err, operation: 'hand over deliveries' }, 'deliveries could not be begun; they are given back');
        });
        return taken;
      }),
    async runOnce() {
      for (let made = 0; ; ) {
        const claimed = await claim(null);
        made += claimed;
        // The loop may be claiming what it was woken for: that is work too.
        const last = turn;
        await last;
        if (claimed === 0 && running.size === 0 && hints.empty && last === turn) return made;
        await Promise.all(running);
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await loop;
      const deadline = setTimeout(() => giveUp.abort(), timeoutMs);
      const last = setTimeout(() => abandoned.abort(), timeoutMs + leaseMs / 2);
      await Promise.all(running);
      clearTimeout(deadline);
      clearTimeout(last);
    },
  };
}
