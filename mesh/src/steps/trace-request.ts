import type { Tracing } from '@portico/service-kit/tracing/tracing';
import type { Answer } from '../rest/answer/answer.ts';
import { METHODS, type Step } from '../rest/rest-request.ts';

const FAILED_FROM = 500;

/** One span per request, named by its method and route; whatever the request leads to is below it. Never a path as it was sent, nor a query. */
export function traceRequest(tracing: Tracing, scheme: 'http' | 'https'): Step {
  return (request, next) => {
    const method = METHODS.has(request.method) ? request.method : '_OTHER';
    const span = tracing.begin(method, 'server', request.traceparent);
    if (span === undefined) return next(request);
    request.traceparent = span.traceparent;
    const end = (status: number): void => {
      if (span.isRecording) {
        const route = request.template;
        if (route !== undefined) span.rename(`${method} ${route}`);
        span.set({ 'http.request.method': method, 'http.response.status_code': status, 'url.scheme': scheme });
        if (route !== undefined) span.set({ 'http.route': route });
      }
      span.end(status >= FAILED_FROM ? String(status) : undefined);
    };
    return next(request).then(
      (answer: Answer) => {
        end(answer.status);
        return answer;
      },
      (error: unknown) => {
        end(FAILED_FROM);
        throw error;
      },
    );
  };
}
