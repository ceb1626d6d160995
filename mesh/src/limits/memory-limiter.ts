import type { Counter, Counters } from './counters.ts';
import { type LimitOutcome, type LimitRequest, outcomeOf, windowEndsMs } from './limiter.ts';

export type MemoryLimiter = {
  consume(request: LimitRequest): LimitOutcome;
  /** The refusal that this request gets for certain, because a window that is used up stays so. Consumes nothing. */
  refusalOf(request: LimitRequest): LimitOutcome | undefined;
};

/** Limits within this process, without a promise: 0.2 µs for three limits. */
export function createMemoryLimiter({ counters, nowMs }: { counters: Counters; nowMs: () => number }): MemoryLimiter {
  // Filled anew by every call, which ends before the next one begins.
  const opened: Counter[] = [];
  const used: number[] = [];

  function allows(request: LimitRequest, now: number): boolean {
    let allowed = true;
    for (let i = 0; i < request.length; i += 1) {
      const limit = request[i] ?? request[0];
      const counter = counters.open(limit.key, windowEndsMs(limit, now), now);
      opened[i] = counter;
      used[i] = counter.used;
      if (counter.used >= limit.limit) allowed = false;
    }
    return allowed;
  }

  return {
    consume(request) {
      const now = nowMs();
      const allowed = allows(request, now);
      if (allowed) {
        for (let i = 0; i < request.length; i += 1) {
          const counter = opened[i];
          if (counter !== undefined) used[i] = counter.used += 1;
        }
      }
      return outcomeOf(request, used, 0, allowed, now);
    },
    refusalOf(request) {
      const now = nowMs();
      return allows(request, now) ? undefined : outcomeOf(request, used, 0, false, now);
    },
  };
}
