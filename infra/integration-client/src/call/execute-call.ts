// A call from its input to its result: check, answer from what is kept or ask, parse, tell.
import type { AnswerCache } from '../cache/answer-cache.ts';
import { answerKey } from '../cache/answer-key.ts';
import type { CallResult, CommonOptions } from '../declaration/call-types.ts';
import type { OperationPlan } from '../declaration/plan-operation.ts';
import { IntegrationError } from '../errors.ts';
import type { CallContents } from '../observe/call-record.ts';
import { correlationHeaders, correlationIdOf } from '../observe/correlation.ts';
import { redact } from '../personal-data.ts';
import { unlessEnded } from '../policies/ending.ts';
import type { Asking, ProviderRuntime } from './attempt.ts';
import { type Built, type BuiltRequest, buildRequest, type CallInputParts, type RequestTarget } from './build-request.ts';
import { CallClock, CallEnded, endedBy } from './call-clock.ts';
import { endedFailure, errorOf } from './failure.ts';
import { readAnswer, type WireAnswer } from './read-answer.ts';
import { type Answered, type CallIdentity, runAttempts } from './run-attempts.ts';

/** One operation, ready to be called. */
export type OperationRuntime = {
  readonly provider: ProviderRuntime;
  readonly plan: OperationPlan;
  readonly target: RequestTarget;
  readonly cache: AnswerCache;
  readonly holdsPersonalData: boolean;
};

export type GivenOptions = CommonOptions & { key?: string };
/** Without a word on it, an answer is live. */
type Outcome = Answered & { cached?: boolean; stale?: boolean; ageMs?: number };
type Call = { operation: OperationRuntime; options: GivenOptions; identity: CallIdentity; asking: Asking };

/** Throws IntegrationError; what else comes is a defect, of a schema that throws for instance. */
export async function executeCall(operation: OperationRuntime, input: CallInputParts, options: GivenOptions): Promise<CallResult<unknown>> {
  const { provider, plan } = operation;
  const startedAt = provider.now();
  const identity: CallIdentity = { correlationId: correlationIdOf(options.correlationId), key: options.key };
  const { correlationId } = identity;
  const observed = provider.observer.call(plan.provider, plan.name, correlationId, { method: plan.method, template: plan.path });
  const deadlineMs = options.deadlineMs ?? plan.deadlineMs;
  using clock = new CallClock(deadlineMs, 'deadline', options.signal, provider.startTimer);
  let asking: Asking | undefined;
  try {
    const built = await buildRequest(plan, operation.target, input, options.key);
    const request = requestOf(operation, built, options, identity);
    const correlation = correlationHeaders(correlationId, options.traceparent);
    const deadlineAt = startedAt + deadlineMs;
    asking = { runtime: provider, plan, request, correlation, signal: clock, deadlineAt, observed, attempts: 0, waitingSince: startedAt };
    const outcome = await answerOf({ operation, options, identity, asking });
    const { answer, data, cached = false, stale = false, ageMs = 0 } = outcome;
    const { status, headers } = answer;
    const { attempts } = asking;
    const responseTimeMs = provider.now() - startedAt;
    observed.end({ status, cached, stale, ageMs, attempts, responseTimeMs, contents: contentsOf(operation, input, outcome) });
    return { status, data, headers, cached, stale, ageMs, responseTimeMs, attempts, correlationId };
  } catch (error) {
    const times = { attempts: asking?.attempts ?? 0, responseTimeMs: provider.now() - startedAt };
    observed.end({ ...failedEnd(error), ...times, contents: contentsOf(operation, input) });
    throw error;
  }
}

function failedEnd(error: unknown) {
  const common = { cached: false, stale: false, ageMs: 0 };
  if (!(error instanceof IntegrationError)) return { ...common, status: 500, code: 'DEFECT' };
  const { reason, issues } = error.details ?? {};
  return { ...common, status: error.status, code: error.code, reason: issues === undefined ? reason : { reason, issues } };
}

/** In DEBUG_MODE alone, and without what a schema tags as personal or does not know. */
function contentsOf({ provider, plan }: OperationRuntime, input: CallInputParts, outcome?: Outcome): CallContents | undefined {
  if (!provider.flags.isOn('DEBUG_MODE', provider.name)) return undefined;
  const { body, response } = plan.declaration;
  return {
    requestBody: body === undefined ? undefined : redact(input.body, body),
    responseHeaders: outcome?.answer.headers,
    responseBody: response === undefined || outcome === undefined ? undefined : redact(outcome.data, response),
  };
}

function requestOf({ plan }: OperationRuntime, built: Built, { deadlineMs }: GivenOptions, { correlationId }: CallIdentity): BuiltRequest {
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

function answerOf(call: Call): Promise<Outcome> {
  const { operation, options, identity, asking } = call;
  const { plan, provider } = operation;
  const keeps = plan.cache !== undefined && options.useCache !== false && provider.flags.isOn('ENABLE_CACHING', provider.name);
  return keeps ? keptOrAsked(call, plan.cache) : runAttempts(asking, identity);
}

/**
 * The load is shared by all who wait for the same answer, so it runs under the operation's own deadline, not the first caller's; the caller
 * waits under his.
 */
async function keptOrAsked(call: Call, times: NonNullable<OperationPlan['cache']>): Promise<Outcome> {
  const { operation, options, identity, asking } = call;
  let own: Answered | undefined;
  const load = async (): Promise<WireAnswer> => {
    using clock = new CallClock(operation.plan.deadlineMs, 'deadline', undefined, operation.provider.startTimer);
    const loading: Asking = { ...asking, signal: clock, deadlineAt: operation.provider.now() + operation.plan.deadlineMs };
    try {
      own = await runAttempts(loading, identity);
    } finally {
      asking.attempts = loading.attempts;
    }
    return own.answer;
  };
  try {
    const key = await unlessEnded(keyOf(operation, asking.request), asking.signal);
    const policy = { ...times, personal: operation.holdsPersonalData };
    const given = { maxStaleMs: options.maxStaleMs, mayRefresh: () => operation.provider.budget.withdraw() };
    const found = await unlessEnded(operation.cache.through(key, policy, given, load), asking.signal);
    const { value: answer, cached, stale, ageMs } = found;
    if (own !== undefined && !cached) return { answer, data: own.data, cached, stale, ageMs };
    const read = await readAnswer(operation.plan, answer);
    if (read.kind === 'read') return { answer, data: read.data, cached, stale, ageMs };
    // Kept before a deployment changed the schema: another is put in its place.
    if (cached && times.ttlMs > 0) return await keptOrAsked(call, { ttlMs: 0, staleMs: 0 });
    throw errorOf(operation.plan, read.failure, false, { ...identity, attempts: asking.attempts });
  } catch (error) {
    if (!(error instanceof CallEnded)) throw error;
    const failure = endedFailure(endedBy(asking.signal), 'maybe', false);
    throw errorOf(operation.plan, failure, false, { ...identity, attempts: asking.attempts });
  }
}

/** What one credential was told, another must not see; what other headers ask for is another answer. */
async function keyOf({ plan, provider, target }: OperationRuntime, { url, headers }: BuiltRequest): Promise<string> {
  const own = Object.fromEntries(Object.entries(headers).filter(([name, value]) => target.headers[name] !== value));
  const credential = await provider.authorizer.fingerprint();
  return answerKey({ provider: plan.provider, operation: plan.name, params: url, query: own, credential });
}
