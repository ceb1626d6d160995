import type { Logger } from '@portico/service-kit/logger';
import type { Step } from '../rest/rest-request.ts';

export type ObservedOperation = { readonly route: string; readonly method: string; readonly version: string };
export type RequestMetrics = { observe(operation: ObservedOperation, status: number, seconds: number): void };

/** One line per request, written when its answer is known. No query, no body, no address of a person. */
export function logAccess(logger: Logger, metrics: RequestMetrics, nowMs: () => number): Step {
  return async (request, next) => {
    const answer = await next(request);
    const durationMs = Math.round((nowMs() - request.startedAt) * 100) / 100;
    const route = request.endpoint?.operationId ?? 'none';
    const { requestId, traceparent, method, contract, caller } = request;
    const { version } = contract;
    metrics.observe({ route, method, version }, answer.status, durationMs / 1_000);
    logger.info(
      {
        requestId,
        traceparent,
        method,
        route,
        version,
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
