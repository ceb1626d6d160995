import type { Tracing } from '@portico/service-kit/tracing/tracing';
import type { SubgraphFetch, SubgraphResult } from './subgraph-fetch.ts';

/**
 * One span per fetch from a subgraph. A subgraph in another process is told of it; one in this process has one context for all its fetches of
 * a request, and so the operation's span for a parent.
 */
export function traceFetch(tracing: Tracing, subgraph: string, fetch: SubgraphFetch): SubgraphFetch {
  const name = `fetch ${subgraph}`;
  return (variables, request) => {
    const span = tracing.begin(name, 'client', request.caller.traceparent);
    if (span === undefined) return fetch(variables, request);
    const end = (result: SubgraphResult): SubgraphResult => {
      const [error] = result.errors ?? [];
      span.end(error === undefined ? undefined : String(error.extensions?.code ?? 'INTERNAL_ERROR'));
      return result;
    };
    const failed = (error: unknown): never => {
      span.end('INTERNAL_ERROR');
      throw error;
    };
    try {
      const traced = { caller: { ...request.caller, traceparent: span.traceparent }, contextOf: request.contextOf };
      const result = fetch(variables, traced);
      return result instanceof Promise ? result.then(end, failed) : end(result);
    } catch (error) {
      return failed(error);
    }
  };
}
