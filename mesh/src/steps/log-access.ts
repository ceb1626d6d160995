import type { Logger } from '@portico/service-kit/logger';
import type { Step } from '../rest/rest-request.ts';

export type RequestMetrics = { observe(route: string, method: string, status: number, seconds: number): void };

/** One line per request, written when its answer is known. No query, no body, no address of a person. */
export function logAccess(logger: Logger, metrics: RequestMetrics, nowMs: () => number): Step {
  return async (request, next) => {
    const answer = await next(request);
    const durationMs = Math.round((nowMs() - request.startedAt) * 100) / 100;
    const route = request.endpoint?.operationId ?? 'none';
    metrics.observe(route, request.method, answer.status, durationMs / 1_000);
    const { requestId, traceparent, method, caller } = request;
    logger.info(
      {
        requestId,
        traceparent,
        method,
        route,
        status: answer.status,
        durationMs,
        accountId: caller?.accountId,
        mode: caller?.mode,
        actor: caller?.actor,
      },
      'request served',
    );
    return answer;
  };
}
