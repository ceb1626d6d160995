// The attempts of one call. Retry stands outside the breaker, so that every attempt counts there and retrying ends when it opens; the deadline
// stands outside everything. It stops at once when the next try could not begin in time.

import type { EndSignal } from '../policies/ending.ts';
import { pause } from '../policies/pause.ts';
import { backoff } from '../policies/retry/backoff.ts';
import { hedged } from '../policies/retry/hedge.ts';
import { type Asking, type AttemptResult, attempt, breakerRefusal } from './attempt.ts';
import { CallEnded, endedBy } from './call-clock.ts';
import { type CallFacts, endedFailure, errorOf, type Failure } from './failure.ts';
import type { WireAnswer } from './read-answer.ts';

export type Answered = { answer: WireAnswer; data: unknown };
/** `key`: the idempotency key that is sent. */
export type CallIdentity = { correlationId: string; key: string | undefined };

/** The provider's answer, or an IntegrationError. */
export async function runAttempts(asking: Asking, identity: CallIdentity): Promise<Answered> {
  const history: History = { retries: 0, paced: 0, replayed: false, lost: false, sent: false, last: undefined };
  asking.runtime.budget.deposit();
  for (;;) {
    const result = await askOnce(asking);
    if (result.kind === 'answered') return result;
    // A refusal of our own after real tries would hide what happened to them.
    const failure =
      result.failure.local && history.last !== undefined ? { ...history.last, retryAt: result.failure.retryAt } : result.failure;
    if (failure.fate === 'unknown') history.lost = true;
    if (!result.failure.local) {
      history.last = failure;
      history.sent ||= !wasNotSent(failure);
    }
    const waitMs = result.failure.local && failure !== result.failure ? undefined : nextTry(asking, failure, history);
    if (waitMs === undefined) throw errorOf(asking.plan, failure, history.lost, factsOf(asking, history, identity));
    if (waitMs > 0) await wait(asking, waitMs, history, identity);
  }
}

/** `sent`: some try may have reached the provider. */
type History = { retries: number; paced: number; replayed: boolean; lost: boolean; sent: boolean; last: Failure | undefined };

function factsOf({ attempts }: Asking, { sent }: History, identity: CallIdentity): CallFacts {
  return { ...identity, attempts, neverSent: !sent };
}

/** A rate limit is waited for once. */
const PACED_RETRIES = 1;

function askOnce(asking: Asking): Promise<AttemptResult> {
  const { hedgeAfterMs } = asking.plan;
  if (hedgeAfterMs === undefined) return attempt(asking, asking.signal);
  const hedge = {
    afterMs: hedgeAfterMs,
    mayHedge: () => asking.runtime.budget.withdraw(),
    start: (signal: EndSignal) => attempt(asking, signal),
    isGood: (result: AttemptResult) => result.kind === 'answered',
    ended: () => new CallEnded('hedge'),
    startTimer: asking.runtime.startTimer,
  };
  return hedged(hedge, asking.signal);
}

/** How long to wait for the next try, in milliseconds; undefined when there is none. */
function nextTry(asking: Asking, failure: Failure, history: History): number | undefined {
  const { runtime, plan, signal, deadlineAt } = asking;
  if (signal.aborted) return undefined;
  if (failure.replay && !history.replayed && (plan.isRepeatable || failure.fate === 'none')) {
    history.replayed = true;
    return 0;
  }
  if (!failure.mayPass || history.retries >= plan.maxRetries || !runtime.flags.isOn('ENABLE_RETRY', runtime.name)) return undefined;
  if (!plan.isRepeatable && !wasNotSent(failure)) return undefined;
  if (failure.code === 'RATE_LIMIT_EXCEEDED' && history.paced >= PACED_RETRIES) return undefined;
  const now = runtime.now();
  const waitMs = Math.max(backoff(history.retries + 1, runtime.backoff, runtime.random), (failure.retryAt ?? now) - now);
  if (now + waitMs >= deadlineAt || breakerRefusal(runtime) !== undefined || !runtime.budget.withdraw()) return undefined;
  history.retries += 1;
  if (failure.code === 'RATE_LIMIT_EXCEEDED') history.paced += 1;
  return waitMs;
}

/** An answer, whatever it says, proves that the request was there. */
function wasNotSent({ fate, details }: Failure): boolean {
  return fate === 'none' && details?.upstreamStatus === undefined;
}

async function wait(asking: Asking, waitMs: number, history: History, identity: CallIdentity): Promise<void> {
  try {
    await pause(waitMs, asking.signal, asking.runtime.startTimer);
  } catch {
    const failure = endedFailure(endedBy(asking.signal), 'no', false);
    throw errorOf(asking.plan, failure, history.lost, factsOf(asking, history, identity));
  }
}
