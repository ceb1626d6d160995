// What happens to every request of the public API, in this order. A step may answer itself, or pass on and change what comes back.

import type { AuditSink } from '@portico/contracts/audit';
import type { Logger } from '@portico/service-kit/logger';
import type { Tracing } from '@portico/service-kit/tracing/tracing';
import type { Authenticator } from './access/authenticator.ts';
import type { BearerAuthenticator } from './access/bearer/bearer.ts';
import type { LimitsOf } from './limits/applied-limits.ts';
import type { LimitMetrics, Limits } from './limits/open-limits.ts';
import type { Next, Step } from './rest/rest-request.ts';
import type { Router } from './rest/router.ts';
import { allowOrigin } from './steps/allow-origin.ts';
import { answerErrors, createToAnswer } from './steps/answer-errors.ts';
import { answerIdempotently } from './steps/answer-idempotently.ts';
import { auditRequest } from './steps/audit-request.ts';
import { authenticate } from './steps/authenticate.ts';
import { findRoute } from './steps/find-route.ts';
import { limitAddress } from './steps/limit-address.ts';
import { limitRate } from './steps/limit-rate.ts';
import { logAccess, type RequestMetrics } from './steps/log-access.ts';
import { readBody } from './steps/read-body.ts';
import { requireScopes } from './steps/require-scopes.ts';
import { traceRequest } from './steps/trace-request.ts';
import type { IdempotencyStore } from './stores/idempotency-store.ts';

export type PipelineOptions = {
  router: Router;
  authenticator: Authenticator;
  bearer: BearerAuthenticator;
  idempotency: IdempotencyStore;
  limits: Pick<Limits, 'limiter' | 'addresses'>;
  limitsOf: LimitsOf;
  audit: AuditSink;
  corsOrigins: readonly string[];
  docsUrl: string;
  logger: Logger;
  tracing: Tracing;
  /** Of the public listener. */
  scheme: 'http' | 'https';
  metrics: RequestMetrics & LimitMetrics;
  now: () => Date;
  nowMs: () => number;
};

export function createPipeline(options: PipelineOptions): Next {
  const toAnswer = createToAnswer(options);
  return compose([
    traceRequest(options.tracing, options.scheme),
    auditRequest(options.audit, options.nowMs),
    logAccess(options.logger, options.metrics, options.nowMs),
    allowOrigin(options.corsOrigins),
    answerErrors(toAnswer),
    findRoute(options.router, options.limits.addresses),
    limitAddress(options.limits.addresses),
    readBody,
    authenticate(options.authenticator, options.bearer),
    limitRate({ ...options, limiter: options.limits.limiter }),
    requireScopes,
    answerIdempotently(options.idempotency, toAnswer),
  ]);
}

const serve: Next = (request) => {
  if (request.endpoint === undefined) throw new Error('A request came to the end of the pipeline without an endpoint.');
  return request.endpoint.serve(request);
};

/** Put together once, so that a request makes no function of its own. */
function compose(steps: readonly Step[]): Next {
  return steps.reduceRight<Next>((next, step) => (request) => step(request, next), serve);
}
