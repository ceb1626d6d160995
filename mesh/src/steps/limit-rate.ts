import { AppError } from '@portico/contracts/errors';
import type { Logger } from '@portico/service-kit/logger';
import type { AppliedLimits, LimitsOf } from '../limits/applied-limits.ts';
import type { Limiter, LimitOutcome } from '../limits/limiter.ts';
import type { LimitMetrics } from '../limits/open-limits.ts';
import type { Answer } from '../rest/answer/answer.ts';
import type { Next, RestRequest, Step } from '../rest/rest-request.ts';

export type LimitRateOptions = { limiter: Limiter; limitsOf: LimitsOf; metrics: Pick<LimitMetrics, 'countRefusal'>; logger: Logger };

/** Counts the request against every limit of its credential. RATE_LIMIT_EXCEEDED; every answer shows the tightest one from here on. */
export function limitRate({ limiter, limitsOf, metrics, logger }: LimitRateOptions): Step {
  return (request, next) => {
    const { credentials, endpoint } = request;
    if (credentials === undefined || endpoint === undefined) return next(request);
    const applied = limitsOf(credentials.record, endpoint);
    const outcome = limiter.consume(applied.request);
    return outcome instanceof Promise
      ? outcome.then((found) => proceed(request, applied, found, next))
      : proceed(request, applied, outcome, next);
  };

  function proceed(request: RestRequest, { policy }: AppliedLimits, outcome: LimitOutcome, next: Next): Promise<Answer> {
    request.rateLimit = { policy, outcome };
    if (outcome.allowed) return next(request);
    const { tightest, resetAfterSeconds } = outcome;
    metrics.countRefusal(tightest.name);
    const { requestId, caller, endpoint } = request;
    logger.info(
      { requestId, accountId: caller?.accountId, actor: caller?.actor, route: endpoint?.operationId, limit: tightest.name },
      'rate limit exceeded',
    );
    throw new AppError(
      'RATE_LIMIT_EXCEEDED',
      `The limit ${tightest.name} allows ${tightest.limit} requests in ${tightest.windowSeconds} seconds.`,
      { retryAfterSeconds: resetAfterSeconds },
    );
  }
}
