import type { Caller } from '@portico/contracts/caller';
import type { SubgraphEndpoint } from '@portico/service-kit/graph/graph';

/** One request to the graph, as every subgraph it touches sees it. */
export type GraphRequest = {
  readonly caller: Caller;
  /** The context of a subgraph in this process; made when the subgraph is first touched, the same for all its fetches. */
  contextOf(endpoint: Extract<SubgraphEndpoint, { kind: 'in-process' }>): object;
};

/** The key under which a request travels through Mesh's context. */
export type GraphContext = { readonly graphRequest: GraphRequest };

export function createGraphRequest(caller: Caller): GraphRequest {
  const contexts = new Map<object, object>();
  return {
    caller,
    contextOf(endpoint) {
      let context = contexts.get(endpoint);
      if (context === undefined) {
        context = endpoint.createContext(caller);
        contexts.set(endpoint, context);
      }
      return context;
    },
  };
}
