// Requests that Redis has granted ahead of their coming. A credential that is busy on a route is granted what it will want in the next
// milliseconds, at most a sixteenth of what is left of its tightest limit; near the limit nothing is granted ahead, and each request asks.
// What is granted is consumed: gateways together never let more through than the limits say.
import type { Counters } from '../counters.ts';
import { type LimitOutcome, type LimitRequest, outcomeOf, windowEndsMs } from '../limiter.ts';

/** Requests that are expected within this time are asked for. */
const AHEAD_MS = 20;
const AHEAD_MAX = 256;
/** Fewer are not worth the difference to the shown `remaining` of another gateway. */
const AHEAD_MIN = 8;
/** After a pause what came before it says nothing any more. */
const PAUSE_MS = 200;

type Lease = {
  left: number;
  /** End of the first window to end: what is left is void from then on. */
  endsMs: number;
  /** Fewer left than this are topped up; nought when nothing more is wanted. */
  low: number;
  asking: boolean;
  /** Requests since then. */
  count: number;
  sinceMs: number;
};

export type Leases = {
  /** Lets a request through that was granted before; undefined when Redis has to be asked. 0.4 µs for three limits. */
  take(request: LimitRequest): LimitOutcome | undefined;
  /** How many requests beside those that wait should be granted ahead, from the pace of late. Redis is asked for them now. */
  ask(request: LimitRequest, nowMs: number): number;
  /** What Redis granted ahead when it was asked, of windows that were open at `nowMs`. */
  grant(request: LimitRequest, count: number, nowMs: number): void;
  /** Redis did not answer. */
  failed(request: LimitRequest): void;
  /** What is granted and not taken: counted as used, and yet to come. */
  leftOf(request: LimitRequest, nowMs: number): number;
};

/** `topUp`: told when a lease runs low, before it is empty. */
export function createLeases(dependencies: { counters: Counters; nowMs(): number; topUp(request: LimitRequest): void }): Leases {
  const { counters, nowMs, topUp } = dependencies;
  // A credential's limits on a route are one object for as long as they hold; its lease goes with it.
  const leases = new WeakMap<LimitRequest, Lease>();
  // Filled anew by every call, which ends before the next one begins.
  const used: number[] = [];

  return {
    take(request) {
      const lease = leases.get(request);
      const now = nowMs();
      if (lease === undefined) {
        leases.set(request, { left: 0, endsMs: 0, low: 0, asking: false, count: 1, sinceMs: now });
        return undefined;
      }
      lease.count += 1;
      if (lease.left === 0 || now >= lease.endsMs) return undefined;
      lease.left -= 1;
      for (let i = 0; i < request.length; i += 1) {
        const limit = request[i] ?? request[0];
        used[i] = counters.open(limit.key, windowEndsMs(limit, now), now).used - lease.left;
      }
      if (lease.left < lease.low && !lease.asking) topUp(request);
      return outcomeOf(request, used, 0, true, now);
    },
    ask(request, now) {
      const lease = leases.get(request);
      if (lease === undefined || lease.asking) return 0;
      const elapsedMs = Math.max(1, now - lease.sinceMs);
      const wanted = elapsedMs > PAUSE_MS ? 0 : Math.min(AHEAD_MAX, Math.floor((lease.count * AHEAD_MS) / elapsedMs));
      const isBusy = lease.count >= AHEAD_MIN && wanted >= AHEAD_MIN;
      Object.assign(lease, { count: 0, sinceMs: now, asking: isBusy, low: isBusy ? lease.low : 0 });
      return isBusy ? wanted : 0;
    },
    grant(request, count, now) {
      const lease = leases.get(request);
      if (lease === undefined) return;
      const endsMs = Math.min(...request.map((limit) => windowEndsMs(limit, now)));
      lease.left = (lease.endsMs === endsMs ? lease.left : 0) + count;
      Object.assign(lease, { endsMs, asking: false, low: Math.ceil(count / 2) });
    },
    failed(request) {
      const lease = leases.get(request);
      if (lease !== undefined) Object.assign(lease, { asking: false, low: 0 });
    },
    leftOf(request, now) {
      const lease = leases.get(request);
      return lease === undefined || now >= lease.endsMs ? 0 : lease.left;
    },
  };
}
