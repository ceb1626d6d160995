// Claims what is due, attempts it, writes down what became of it, and looks again at the endpoints that have a slot free. Woken by whoever makes
// something due, in this process or another; a look at all endpoints once a second finds the rest: retries whose time has come, work that was left.

import type { Database } from '@portico/service-kit/database/orm';
import type { Logger } from '@portico/service-kit/logger';
import { type AttemptDependencies, type AttemptResult, attemptDelivery } from '../attempts/attempt-delivery.ts';
import { createCompletionBatch } from '../attempts/completion-batch.ts';
import { claimDeliveries } from '../claiming/claim-deliveries.ts';
import type { ClaimedDelivery } from '../claiming/claimed-delivery.ts';
import type { EndpointConfig, EndpointConfigs } from '../claiming/endpoint-configs.ts';
import { createBell } from './bell.ts';
import { createHints } from './hints.ts';
import { createPace } from './pace.ts';
import { createSlots, type Room } from './slots.ts';

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

/** While fewer than this part of the workers are free, a claim waits so long for more: it costs much the same for one delivery as for many. */
const CLAIM_PART = 0.25;
const CLAIM_WAIT_MS = 5;

/** What this process cannot attempt it looks at again after so long. */
const POSTPONED_MS = 60_000;

export type Deliverer = AsyncDisposable & {
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
  const pace = createPace();
  const hints = createHints();
  const freed = createBell();
  const running = new Set<Promise<void>>();
  // The last of those that wait for their moment, by endpoint.
  const lines = new Map<string, Promise<boolean>>();
  // Endpoints that were looked at while attempts of them were under way, which may have kept something back: looked at again when one ends.
  const passedOver = new Set<string>();
  let turn: Promise<unknown> = Promise.resolve();
  const completions = createCompletionBatch({ write: options.write, logger, signal: abandoned.signal });

  /** One claim after the other: each begins with the room that the one before has left. */
  function claim(endpoints: readonly string[] | null): Promise<number> {
    const claimed = turn.then(() => claimNow(endpoints));
    turn = claimed.catch(() => {});
    return claimed;
  }

  async function claimNow(endpoints: readonly string[] | null): Promise<number> {
    const room = slots.room();
    if (room.free === 0) return 0;
    const busy = slots.endpoints();
    for (const id of endpoints ?? busy) if (busy.has(id)) passedOver.add(id);
    const claimed = await claimDeliveries(database, { ...roomAmong(endpoints, room), endpoints, now: now(), leaseMs });
    // The workers were what was short: the same endpoints may have more, and are looked at when one is free.
    if (claimed.length >= room.free) endpoints === null ? hints.addAll() : hints.add(endpoints);
    for (const delivery of claimed) slots.take(delivery);
    const wanted = new Map(claimed.map(({ endpointId, endpointVersion }) => [endpointId, endpointVersion]));
    const known = await configs.of(wanted).catch((error: unknown) => {
      for (const delivery of claimed) keepRunning(giveBack(delivery));
      throw error;
    });
    for (const config of known.values()) if (!(config instanceof Error)) slots.sized(config.id, config.concurrency);
    for (const delivery of claimed) keepRunning(deliver(delivery, known.get(delivery.endpointId)));
    return claimed.length;
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

  async function deliver(delivery: ClaimedDelivery, endpoint: EndpointConfig | Error | undefined): Promise<void> {
    const { endpointId } = delivery;
    let waiting = true;
    try {
      const result = await attempt(delivery, endpoint);
      slots.end(delivery);
      freed.ring();
      waiting = (await completions.add(result))?.has(endpointId) ?? false;
    } finally {
      slots.give(delivery);
      freed.ring();
      if (passedOver.delete(endpointId) || waiting) hints.add([endpointId]);
    }
  }

  async function attempt(delivery: ClaimedDelivery, endpoint: EndpointConfig | Error | undefined): Promise<AttemptResult> {
    if (endpoint === undefined) return { delivery, verdict: { kind: 'orphaned' }, endedAt: now() };
    if (endpoint instanceof Error) return postponed(delivery, endpoint);
    if (!(await itsMoment(delivery))) return { delivery, verdict: { kind: 'given-up' }, endedAt: now() };
    slots.begin(delivery);
    // Receivers make nothing reject: what does is ours, an event of a later release say. It must not end the process, nor hold others up.
    return attemptDelivery(options, delivery, endpoint, giveUp.signal).catch((err: unknown) => postponed(delivery, err));
  }

  function postponed(delivery: ClaimedDelivery, err: unknown): AttemptResult {
    const { endpointId, eventId } = delivery;
    logger.error({ err, endpointId, eventId, operation: 'attempt delivery' }, 'a delivery cannot be attempted; it waits a minute');
    const endedAt = now();
    return { delivery, verdict: { kind: 'postponed', untilMs: endedAt.getTime() + POSTPONED_MS }, endedAt };
  }

  /** Waits for the moment that the endpoint's rate allows; false when the program stops before. */
  async function itsMoment({ endpointId, ratePerSecond, waitMs }: ClaimedDelivery): Promise<boolean> {
    if (ratePerSecond === null) return true;
    // One after the other, in the order in which they were claimed: what was held up could otherwise be overtaken by what came after it.
    const dueAt = performance.now() + waitMs;
    const turn = after(lines.get(endpointId), () => paced(endpointId, ratePerSecond, dueAt - performance.now()));
    lines.set(endpointId, turn);
    return turn.finally(() => {
      if (lines.get(endpointId) === turn) lines.delete(endpointId);
    });
  }

  async function paced(endpointId: string, perSecond: number, firstMs: number): Promise<boolean> {
    let ms = firstMs;
    do {
      await sleep(ms, stop.signal);
      if (stop.signal.aborted && ms > 0) return false;
      ms = pace.begin(endpointId, perSecond);
    } while (ms > 0);
    return true;
  }

  const loop = (async () => {
    let polledAt = Number.NEGATIVE_INFINITY;
    while (!stop.signal.aborted) {
      const dueInMs = polledAt + pollMs - performance.now();
      await hints.wait(dueInMs, stop.signal);
      if (stop.signal.aborted) return;
      const { free } = slots.room();
      if (free === 0) {
        await freed.wait(pollMs, stop.signal);
        continue;
      }
      if (free < workers * CLAIM_PART) await sleep(CLAIM_WAIT_MS, stop.signal);
      const all = performance.now() >= polledAt + pollMs || hints.all;
      if (all) polledAt = performance.now();
      const endpoints = hints.take();
      await claim(all ? null : endpoints).catch((err: unknown) => {
        logger.warn({ err, operation: 'claim deliveries' }, 'deliveries could not be claimed');
        hints.add(endpoints);
        return sleep(pollMs, stop.signal);
      });
    }
  })();

  return {
    wake: (endpoints) => (endpoints === undefined ? hints.addAll() : hints.add(endpoints)),
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

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

async function after<Result>(before: Promise<unknown> | undefined, work: () => Promise<Result>): Promise<Result> {
  await before;
  return work();
}

/** What the claim has to know of the endpoints that it looks at: hundreds of others may hang. */
function roomAmong(endpoints: readonly string[] | null, room: Room): Room {
  if (endpoints === null) return room;
  const looked = new Set(endpoints);
  return { ...room, full: room.full.filter((id) => looked.has(id)), slow: room.slow.filter((id) => looked.has(id)) };
}
