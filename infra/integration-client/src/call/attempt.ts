// One attempt, in order: place, token, breaker, credentials, wire, answer. It never throws what a provider, a network or a clock may do.
import type { Authorization, Authorizer } from '../auth/authorizer.ts';
import type { OperationPlan } from '../declaration/plan-operation.ts';
import type { Flags } from '../flags.ts';
import type { CallObserver, Observer } from '../observe/observe-call.ts';
import type { Admission, Breaker, Refusal } from '../policies/breaker/breaker.ts';
import type { Places } from '../policies/concurrency/places.ts';
import { type EndSignal, unlessEnded } from '../policies/ending.ts';
import type { RateLimit } from '../policies/rate-limit.ts';
import { retryAfter } from '../policies/retry/retry-after.ts';
import type { RetryBudget } from '../policies/retry/retry-budget.ts';
import type { StartTimer } from '../policies/start-timer.ts';
import { type Transport, TransportFailure, type TransportRequest, type TransportResponse } from '../transport/transport.ts';
import type { BuiltRequest } from './build-request.ts';
import { CallClock, CallEnded, type EndedBy, endedBy } from './call-clock.ts';
import { endedFailure, type Failure, failureOfStatus, failureOfThrown, localFailure } from './failure.ts';
import { parseBody, readAnswer, type WireAnswer } from './read-answer.ts';

/** What all calls of one provider share in this process. */
export type ProviderRuntime = {
  readonly name: string;
  readonly authorizer: Authorizer;
  readonly breaker: Breaker;
  readonly places: Places;
  readonly rateLimit: RateLimit;
  readonly budget: RetryBudget;
  readonly backoff: { baseMs: number; capMs: number };
  readonly retryHints: readonly string[];
  readonly transport: Transport;
  readonly observer: Observer;
  readonly flags: Flags;
  readonly now: () => number;
  readonly random: () => number;
  readonly startTimer: StartTimer;
};

/** One call on its way to the provider. */
export type Asking = {
  readonly runtime: ProviderRuntime;
  readonly plan: OperationPlan;
  readonly request: BuiltRequest;
  /** Sent with every attempt; no part of what is asked. */
  readonly correlation: Readonly<Record<string, string>>;
  readonly signal: EndSignal;
  readonly deadlineAt: number;
  readonly observed: CallObserver;
  attempts: number;
  /** When the last attempt ended, or the call began. */
  waitingSince: number;
};

export type AttemptResult = { kind: 'answered'; answer: WireAnswer; data: unknown } | { kind: 'failed'; failure: Failure };

const UNCOUNTED: Admission = { kind: 'admitted', settle: () => {} };

/** `outer`: the call's signal, or a hedge's own. */
export async function attempt(asking: Asking, outer: EndSignal): Promise<AttemptResult> {
  const { runtime, deadlineAt } = asking;
  if (outer.aborted) return failed(endedWaiting(endedBy(outer)));
  const refusal = breakerRefusal(runtime);
  if (refusal !== undefined) return failed(breakerOpen(refusal.retryAt));
  if (runtime.places.isFull(deadlineAt)) return failed(localFailure('RATE_LIMIT_EXCEEDED', 'queue-full'));
  try {
    const turn = runtime.places.enter(outer);
    if (turn !== undefined) await waited(runtime, turn);
  } catch {
    return failed(endedWaiting(endedBy(outer)));
  }
  try {
    const waiting = runtime.rateLimit.take(deadlineAt, outer);
    const nextAt = waiting === undefined ? undefined : await waited(runtime, waiting);
    if (nextAt !== undefined) return failed(localFailure('RATE_LIMIT_EXCEEDED', 'rate-limit', nextAt));
    const admission = isGuarded(runtime) ? await runtime.breaker.admit() : UNCOUNTED;
    if (admission.kind === 'refused') return failed(breakerOpen(admission.retryAt));
    return await settled(asking, outer, admission);
  } catch (error) {
    if (error instanceof CallEnded) return failed(endedWaiting(error.by));
    throw error;
  } finally {
    runtime.places.leave();
  }
}

async function settled(asking: Asking, outer: EndSignal, admission: Admission): Promise<AttemptResult> {
  const { runtime } = asking;
  const startedAt = runtime.now();
  const waitedMs = startedAt - asking.waitingSince;
  const underWay = runtime.places.began();
  let result: AttemptResult | undefined;
  try {
    using clock = ownClock(asking, outer, startedAt);
    result = await send(asking, clock ?? outer, startedAt);
    return result;
  } finally {
    const endedAt = runtime.now();
    runtime.places.ended({ operation: asking.plan.name, underWay, beganAt: startedAt, outcome: loadOf(result) });
    admission.settle(result === undefined ? 'neutral' : result.kind === 'answered' ? 'success' : result.failure.breaker);
    asking.observed.attempt({
      status: result?.kind === 'answered' ? result.answer.status : result?.failure.details?.upstreamStatus,
      failure: result?.kind === 'failed' ? (result.failure.details?.reason ?? result.failure.code) : undefined,
      durationMs: endedAt - startedAt,
      waitedMs,
    });
    asking.waitingSince = endedAt;
  }
}

/** What a try says about how much the provider has to do. */
function loadOf(result: AttemptResult | undefined): 'answered' | 'overloaded' | 'neither' {
  if (result === undefined) return 'neither';
  // A refusal of what the caller wants is an answer, which takes the time that answers take.
  if (result.kind === 'answered' || result.failure.code === 'CLIENT_ERROR') return 'answered';
  return result.failure.overload === true ? 'overloaded' : 'neither';
}

async function waited<Got>({ name, now, observer }: ProviderRuntime, turn: Promise<Got>): Promise<Got> {
  const since = now();
  const got = await turn;
  observer.limiterWaited(name, now() - since);
  return got;
}

/** When the attempt's time is shorter than what is left of the call's. */
function ownClock({ plan, deadlineAt, runtime }: Asking, outer: EndSignal, startedAt: number): CallClock | undefined {
  const { attemptTimeoutMs } = plan;
  return attemptTimeoutMs < deadlineAt - startedAt ? new CallClock(attemptTimeoutMs, 'attempt', outer, runtime.startTimer) : undefined;
}

async function send(asking: Asking, signal: EndSignal, startedAt: number): Promise<AttemptResult> {
  const { runtime, plan, request } = asking;
  let sending = false;
  let authorization: Authorization | undefined;
  try {
    // A store of secrets may hang, and knows nothing of deadlines.
    authorization = await unlessEnded(runtime.authorizer.authorize({ method: plan.method, url: request.url }, signal), signal);
    asking.attempts += 1;
    sending = true;
    const response = await runtime.transport(authorized(asking, authorization, signal));
    sending = false;
    return await classify(asking, response, authorization, signal);
  } catch (error) {
    const sent = error instanceof TransportFailure ? error.sent : sending ? 'maybe' : 'no';
    if (!signal.aborted) {
      // A handshake that failed may be a certificate that has been replaced.
      const isRefusal = error instanceof TransportFailure && error.kind === 'tls' && authorization?.dispatcher !== undefined;
      return failed({ ...failureOfThrown(error), replay: isRefusal && (await hasOthers(runtime, authorization, signal)) });
    }
    // A deadline may come right after a late retry has begun, or while credentials are waited for: then it says nothing about the provider.
    const slow = authorization !== undefined && runtime.now() - startedAt >= plan.attemptTimeoutMs / 2;
    return failed(endedFailure(endedBy(signal), sent, slow));
  }
}

function authorized({ plan, request, correlation }: Asking, authorization: Authorization, signal: EndSignal): TransportRequest {
  const { url, headers, body } = request;
  const { query, dispatcher } = authorization;
  const search = query === undefined ? '' : `${url.includes('?') ? '&' : '?'}${new URLSearchParams(query)}`;
  return {
    method: plan.method,
    url: url + search,
    headers: { ...headers, ...correlation, ...authorization.headers },
    body,
    signal,
    dispatcher,
  };
}

async function classify(
  { runtime, plan }: Asking,
  response: TransportResponse,
  authorization: Authorization,
  signal: EndSignal,
): Promise<AttemptResult> {
  const text = response.body.toString('utf8');
  if (response.status >= 200 && response.status < 300) {
    const answer: WireAnswer = { status: response.status, headers: response.headers, text: plan.method === 'HEAD' ? '' : text };
    const reading = readAnswer(plan, answer);
    const read = reading instanceof Promise ? await reading : reading;
    return read.kind === 'read' ? { kind: 'answered', answer, data: read.data } : read;
  }
  const now = runtime.now();
  const retryAt = retryAfter(response.headers, runtime.retryHints, now);
  if (response.status === 429 && retryAt !== undefined) runtime.rateLimit.pauseUntil(retryAt);
  const body = parseBody(response.headers['content-type'], text);
  const failure = failureOfStatus(response, body.kind === 'parsed' ? body.value : text, retryAt);
  if (response.status !== 401) return failed(failure);
  return failed({ ...failure, replay: await hasOthers(runtime, authorization, signal) });
}

/** Whether other credentials are there for a replay; not, when they do not come in time. */
function hasOthers({ authorizer }: ProviderRuntime, used: Authorization | undefined, signal: EndSignal): Promise<boolean> {
  return unlessEnded(authorizer.refused(signal, used), signal).catch(() => false);
}

/** What the breaker would say now, if it is switched on. */
export function breakerRefusal(runtime: ProviderRuntime): Refusal | undefined {
  return isGuarded(runtime) ? runtime.breaker.refusal() : undefined;
}

function isGuarded({ flags, name }: ProviderRuntime): boolean {
  return flags.isOn('ENABLE_CIRCUIT_BREAKER', name);
}

/** The time went by in our own queues; a caller who left is told that he did. */
function endedWaiting(by: EndedBy): Failure {
  const failure = endedFailure(by, 'no', false);
  return by === 'deadline' ? { ...failure, side: 'client', local: true } : failure;
}

function breakerOpen(retryAt: number): Failure {
  return localFailure('CIRCUIT_BREAKER_OPEN', 'breaker', retryAt);
}

function failed(failure: Failure): AttemptResult {
  return { kind: 'failed', failure };
}
