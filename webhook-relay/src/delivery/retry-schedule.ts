// What an attempt's outcome means for the delivery, and when it is tried again.
import type { Schedule } from '../endpoint.entity.ts';
import type { SendOutcome } from '../sending/send-outcome.ts';
import { retryAfterMs } from './retry-after.ts';

const MINUTE_MS = 60_000;

/** Milliseconds before each attempt, counted from the end of the one before it. The first is immediate. */
export const RETRY_SCHEDULES = {
  standard: [0, MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 120 * MINUTE_MS],
  short: [0, MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS],
} as const satisfies Record<Schedule, readonly number[]>;

/** A part of the delay that is added or taken away, so that what failed together does not come back together. */
const JITTER = 0.1;
/** `Retry-After: 0` costs its sender no attempt, so it must not become a loop without a pause. */
const MIN_THROTTLE_MS = 1_000;

export type Verdict =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'retry'; readonly atMs: number; readonly reason: string }
  /** The schedule is used up. */
  | { readonly kind: 'dead'; readonly reason: string }
  /** The receiver wants no more: the endpoint is to be disabled. */
  | { readonly kind: 'gone'; readonly reason: string }
  /** The receiver says when to come back: nothing goes to the endpoint before, and the attempt does not count. */
  | { readonly kind: 'throttled'; readonly untilMs: number; readonly reason: string };

export type Judged = {
  /** The number of the attempt that was made, from 1. */
  readonly attempt: number;
  readonly schedule: Schedule;
  /** Unix milliseconds. */
  readonly now: number;
  /** From 0 up to 1. */
  readonly random: () => number;
};

/** 2xx alone is success, whatever became of the response's body: receivers answer by status. */
export function judge(outcome: SendOutcome, { attempt, schedule, now, random }: Judged): Verdict {
  if (outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300) return { kind: 'succeeded' };
  if (outcome.kind === 'answered' && outcome.status === 410) return { kind: 'gone', reason: 'The receiver answered 410 Gone.' };
  const waitMs = outcome.kind === 'answered' ? retryAfterMs(outcome.headers['retry-after'], now) : undefined;
  if (outcome.kind === 'answered' && waitMs !== undefined && (outcome.status === 429 || outcome.status === 503)) {
    const reason = `The receiver answered ${outcome.status} with Retry-After.`;
    return { kind: 'throttled', untilMs: now + Math.max(waitMs, MIN_THROTTLE_MS), reason };
  }
  const reason = outcome.kind === 'answered' ? `The receiver answered ${outcome.status}.` : outcome.error.message;
  const delayMs: number | undefined = RETRY_SCHEDULES[schedule][attempt];
  if (delayMs === undefined) return { kind: 'dead', reason };
  const jittered = Math.round(delayMs * (1 - JITTER + 2 * JITTER * random()));
  return { kind: 'retry', atMs: now + Math.max(jittered, waitMs ?? 0), reason };
}
