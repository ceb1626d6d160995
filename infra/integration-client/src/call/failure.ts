// What may become of one attempt. A failure carries every consequence with it, so that nothing after looks at statuses or error kinds again.
import { CredentialFailure } from '../auth/credential-failure.ts';
import type { OperationPlan } from '../declaration/plan-operation.ts';
import { type ErrorDetails, IntegrationError, type IntegrationErrorCode, type Side } from '../errors.ts';
import type { AttemptOutcome } from '../policies/breaker/breaker.ts';
import { TransportFailure, type TransportResponse } from '../transport/transport.ts';
import type { EndedBy } from './call-clock.ts';

export type Failure = {
  readonly code: IntegrationErrorCode;
  readonly side: Side;
  readonly status?: number;
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
  /** Whether another try may help, if the operation may be tried again at all. */
  readonly mayPass: boolean;
  /** Of a write: `none` was done, `unknown`, or it is `settled` what came of it. Only `none` may be tried again without a key. */
  readonly fate: 'none' | 'unknown' | 'settled';
  /** The provider itself was not asked. */
  readonly local?: boolean;
  /** A 401 that fresh credentials may turn. */
  readonly replay?: boolean;
  /** Not before this instant, by the provider or by our own limits. */
  readonly retryAt?: number;
  readonly breaker: AttemptOutcome;
  /** The provider had more to do than it could. */
  readonly overload?: boolean;
};

/** 4xx that say nothing for good about a write that was sent before: it may be in progress, or this try alone was turned away. */
const UNSETTLED = new Set([401, 403, 408, 409, 425, 429]);
/** A gateway that got no answer in time, or none it understood, knows no more than we do (RFC 9110 §15.6.3, §15.6.5). */
const LOST_BEHIND_GATEWAY = new Set([502, 504]);
const OVERLOADED = new Set([503, 504]);
const NOT_IMPLEMENTED = 501;

/** An answer that is no success. `retryAt`: what its headers say. */
export function failureOfStatus({ status }: TransportResponse, body: unknown, retryAt: number | undefined): Failure {
  const details: ErrorDetails = { upstreamStatus: status, body };
  if (status === 429) return { ...RATE_LIMITED, details, retryAt };
  if (status === 408) return { ...TIMED_OUT, details, retryAt, fate: 'none' };
  if (status === 401) return { code: 'AUTHENTICATION_ERROR', side: 'upstream', details, mayPass: false, fate: 'none', breaker: 'neutral' };
  if (status >= 500) {
    const fate = LOST_BEHIND_GATEWAY.has(status) ? 'unknown' : 'none';
    const overload = OVERLOADED.has(status);
    return {
      code: 'SERVER_ERROR',
      side: 'upstream',
      details,
      mayPass: status !== NOT_IMPLEMENTED,
      fate,
      retryAt,
      breaker: 'failure',
      overload,
    };
  }
  if (status < 400) {
    return { ...BAD_ANSWER, details: { ...details, reason: 'UNEXPECTED_STATUS' } };
  }
  const fate = UNSETTLED.has(status) ? 'none' : 'settled';
  return { code: 'CLIENT_ERROR', side: 'caller', status, details, mayPass: false, fate, breaker: 'neutral' };
}

const RATE_LIMITED = {
  code: 'RATE_LIMIT_EXCEEDED',
  side: 'upstream',
  mayPass: true,
  fate: 'none',
  breaker: 'neutral',
  overload: true,
} as const satisfies Failure;
const TIMED_OUT = {
  code: 'API_TIMEOUT',
  side: 'upstream',
  mayPass: true,
  fate: 'unknown',
  breaker: 'failure',
  overload: true,
} as const satisfies Failure;
/** The provider did it, and says so in a way that was not agreed. */
const BAD_ANSWER = {
  code: 'SERVER_ERROR',
  side: 'upstream',
  mayPass: false,
  fate: 'settled',
  breaker: 'neutral',
} as const satisfies Failure;

export function responseSchemaFailure(upstreamStatus: number, issues: ErrorDetails['issues']): Failure {
  return { ...BAD_ANSWER, details: { reason: 'RESPONSE_SCHEMA', upstreamStatus, issues } };
}

/** Refused on our side, before anything was sent. */
export function localFailure(code: IntegrationErrorCode, reason: string, retryAt?: number): Failure {
  return { code, side: 'client', details: { reason }, mayPass: false, fate: 'none', local: true, retryAt, breaker: 'neutral' };
}

/** The call or the attempt has ended. `blame`: the attempt had time enough for the provider to be the one who was slow. */
export function endedFailure(by: EndedBy, sent: 'no' | 'maybe', blame: boolean): Failure {
  const fate = sent === 'no' ? 'none' : 'unknown';
  if (by === 'caller' || by === 'hedge') return { code: 'CANCELLED', side: 'caller', mayPass: false, fate, breaker: 'neutral' };
  return {
    ...TIMED_OUT,
    details: { reason: by },
    mayPass: by === 'attempt',
    fate,
    breaker: blame ? 'failure' : 'neutral',
    overload: blame,
  };
}

/** Neither an end nor an answer: what the transport or the authorizer threw. Other errors are defects, and pass. */
export function failureOfThrown(error: unknown): Failure {
  if (error instanceof TransportFailure) {
    const fate = error.sent === 'no' ? 'none' : 'unknown';
    const details = { reason: error.kind };
    const tooLarge = error.kind === 'too-large';
    return {
      code: 'SERVER_ERROR',
      side: 'upstream',
      details,
      cause: error,
      mayPass: !tooLarge,
      fate,
      breaker: tooLarge ? 'neutral' : 'failure',
    };
  }
  if (error instanceof CredentialFailure) {
    const details = { reason: `credentials-${error.kind}` };
    const common = { details, cause: error, fate: 'none', local: true, breaker: 'neutral' } as const;
    if (error.kind === 'unreachable') return { ...common, code: 'SERVER_ERROR', side: 'upstream', mayPass: true };
    return { ...common, code: 'AUTHENTICATION_ERROR', side: error.kind === 'refused' ? 'upstream' : 'client', mayPass: false };
  }
  throw error;
}

export type CallFacts = { correlationId: string; attempts: number; neverSent?: boolean; key: string | undefined };

/** `lost`: an answer to this write was lost in some attempt, and the last failure does not settle what came of it. */
export function errorOf(plan: OperationPlan, failure: Failure, lost: boolean, facts: CallFacts): IntegrationError {
  const unknown = lost && !plan.isRead && failure.fate !== 'settled';
  const retryAt = failure.retryAt === undefined ? undefined : new Date(failure.retryAt);
  const { key, ...asked } = facts;
  const where = { provider: plan.provider, operation: plan.name, ...asked, retryAt };
  const { code, side, status, details, cause } = failure;
  if (!unknown) return new IntegrationError({ ...where, code, side, status, details, cause });
  const reason = details?.reason ?? code;
  const looked = { key, reconcile: plan.idempotency?.reconcile };
  return new IntegrationError({ ...where, code: 'OUTCOME_UNKNOWN', side: 'upstream', details: { ...looked, reason }, cause });
}
