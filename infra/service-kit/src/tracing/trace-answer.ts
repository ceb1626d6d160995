import type { ServerResponse } from 'node:http';
import type { Caller } from '@portico/contracts/caller';
import type { Tracing } from './tracing.ts';

const FAILED_FROM = 500;

/** A span for a request of one of our own programs to a graph's endpoint, until its answer is out. Answers the caller as what is below it knows him. */
export function traceAnswer(tracing: Tracing, res: ServerResponse, caller: Caller): Caller {
  const span = tracing.begin('POST /graphql', 'server', caller.traceparent);
  if (span === undefined) return caller;
  res.once('close', () => {
    const { statusCode: status } = res;
    if (span.isRecording) span.set({ 'http.request.method': 'POST', 'http.route': '/graphql', 'http.response.status_code': status });
    span.end(status >= FAILED_FROM ? String(status) : undefined);
  });
  return { ...caller, traceparent: span.traceparent };
}
