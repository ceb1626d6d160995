// A call from its input to its result: check, answer from what is kept or ask, parse, tell.
import type { AnswerCache } from '../cache/answer-cache.ts';
import type { CallResult, CommonOptions } from '../declaration/call-types.ts';
import type { OperationPlan } from '../declaration/plan-operation.ts';
import { IntegrationError } from '../errors.ts';
import type { Observer } from '../observe/observe-call.ts';
import type { Asking, ProviderRuntime } from './attempt.ts';
import { type BuiltRequest, buildRequest, type CallInputParts, type RequestTarget } from './build-request.ts';
import { CallClock, CallEnded, endedBy, unlessEnded } from './call-clock.ts';
import { endedFailure, errorOf } from './failure.ts';
import { readAnswer, type WireAnswer } from './read-answer.ts';
import { type Answered, type CallIdentity, runAttempts } from './run-attempts.ts';

/** One operation, ready to be called. */
export type OperationRuntime = {
  readonly provider: ProviderRuntime;
  readonly plan: OperationPlan;
  readonly target: RequestTarget;
  readonly cache: AnswerCache;
  readonly observer: Observer;
  readonly newId: () => string;
};

export type GivenOptions = CommonOptions & { key?: string };
type Outcome = Answered & { cached: boolean; stale: boolean; ageMs: number };
type Call = { operation: OperationRuntime; options: GivenOptions; identity: CallIdentity; asking: Asking };

/** Throws IntegrationError, nothing else. */
export async function executeCall(operation: OperationRuntime, input: CallInputParts, options: GivenOptions): Promise<CallResult<unknown>> {
  const { provider, plan } = operation;
  const startedAt = provider.now();
  const identity: CallIdentity = { correlationId: options.correlationId ?? operation.newId(), key: options.key };
  const observed = operation.observer.call(plan.provider, plan.name, identity.correlationId);
  const deadlineMs = options.deadlineMs ?? plan.deadlineMs;
  using clock = new CallClock(deadlineMs, 'deadline', options.signal);
  let asking: Asking | undefined;
  const times = () => ({ attempts: asking?.attempts ?? 0, responseTimeMs: provider.now() - startedAt });
  try {
    const request = await requestOf(operation, input, options, identity);
    asking = { runtime: provider, plan, request, signal: clock.signal, deadlineAt: startedAt + deadlineMs, observed, attempts: 0 };
    const { answer, data, cached, stale, ageMs } = await answerOf({ operation, options, identity, asking });
    observed.end({ status: answer.status, cached, stale, ageMs, ...times() });
    return {
      status: answer.status,
      data,
      headers: answer.headers,
      cached,
      stale,
      ageMs,
      correlationId: identity.correlationId,
      ...times(),
    };
  } catch (error) {
    const code = error instanceof IntegrationError ? error.code : undefined;
    const status = error instanceof IntegrationError ? error.status : 500;
    observed.end({ status, code, cached: false, stale: false, ageMs: 0, ...times() });
    throw error;
  }
}

async function requestOf(
  { plan, target }: OperationRuntime,
  input: CallInputParts,
  { key, deadlineMs }: GivenOptions,
  { correlationId }: CallIdentity,
): Promise<BuiltRequest> {
  const built = await buildRequest(plan, target, input, key);
  const issues = built.kind === 'invalid' ? built.issues : [];
  if (deadlineMs !== undefined && !(deadlineMs > 0 && deadlineMs <= LONGEST_DEADLINE_MS)) {
    issues.push({ path: 'deadlineMs', code: 'not_a_duration' });
  }
  if (built.kind === 'built' && issues.length === 0) return built.request;
  const where = { provider: plan.provider, operation: plan.name, correlationId, attempts: 0 };
  throw new IntegrationError({ ...where, code: 'VALIDATION_ERROR', side: 'caller', details: { issues } });
}

/** What a timer can wait: longer ones would end at once. */
const LONGEST_DEADLINE_MS = 2 ** 31 - 1;

async function answerOf(call: Call): Promise<Outcome> {
  const { operation, options, identity, asking } = call;
  const { plan, provider } = operation;
  const keeps = plan.cache !== undefined && options.useCache !== false && provider.flags.isOn('ENABLE_CACHING', provider.name);
  if (keeps) return keptOrAsked(call, plan.cache);
  return { ...(await runAttempts(asking, identity)), cached: false, stale: false, ageMs: 0 };
}

/**
 * The load is shared by all who wait for the same answer, so it runs under the operation's own deadline, not the first caller's; the caller
 * waits under his.
 */
async function keptOrAsked(call: Call, policy: { ttlMs: number; staleMs: number }): Promise<Outcome> {
  const { operation, options, identity, asking } = call;
  let own: Answered | undefined;
  const load = async (): Promise<WireAnswer> => {
    using clock = new CallClock(operation.plan.deadlineMs, 'deadline', undefined);
    const loading: Asking = { ...asking, signal: clock.signal, deadlineAt: operation.provider.now() + operation.plan.deadlineMs };
    try {
      own = await runAttempts(loading, identity);
    } finally {
      asking.attempts = loading.attempts;
    }
    return own.answer;
  };
  try {
    const key = await keyOf(operation, asking.request);
    const found = await unlessEnded(operation.cache.through(key, policy, { maxStaleMs: options.maxStaleMs }, load), asking.signal);
    const { value: answer, cached, stale, ageMs } = found;
    if (own?.answer === answer) return { answer, data: own.data, cached, stale, ageMs };
    const read = await readAnswer(operation.plan, answer);
    if (read.kind === 'read') return { answer, data: read.data, cached, stale, ageMs };
    throw errorOf(operation.plan, read.failure, false, { ...identity, attempts: asking.attempts });
  } catch (error) {
    if (!(error instanceof CallEnded)) throw error;
    const failure = endedFailure(endedBy(asking.signal), 'maybe', false);
    throw errorOf(operation.plan, failure, false, { ...identity, attempts: asking.attempts });
  }
}

/** What one credential was told, another must not see; what other headers ask for is another answer. */
async function keyOf({ plan, provider, target }: OperationRuntime, { url, headers }: BuiltRequest): Promise<string> {
  const own = Object.entries(headers).filter(([name, value]) => target.headers[name] !== value);
  const asked = own.length === 0 ? '' : JSON.stringify(own.sort());
  return `${plan.provider}:${plan.name}:${await provider.authorizer.fingerprint()}:${url}${asked}`;
}
