// How programs meet the composed graph: what the gateway needs of a subgraph, and what a program needs to ask the graph something.
import type { Caller } from '@portico/contracts/caller';
import type { GraphQLSchema } from 'graphql';

/** A subgraph as the gateway reaches it: its schema in the same process, or an address. */
export type SubgraphEndpoint =
  | { readonly kind: 'in-process'; readonly schema: GraphQLSchema; createContext(caller: Caller): object }
  | { readonly kind: 'http'; readonly url: string };

/** Asks the composed graph on behalf of a caller. Throws the AppError that the graph answered with. */
export type GraphClient = {
  execute<Data>(document: string, variables: Readonly<Record<string, unknown>>, caller: Caller): Promise<Data>;
};
