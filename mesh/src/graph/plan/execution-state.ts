import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { GraphRequest } from '../graph-request.ts';
import type { SubgraphClient, Variables } from '../subgraph-fetch.ts';

/** Data as it is gathered: with the planner's keys, before it is cut to what was asked. */
export type Gathered = Record<string, unknown>;

export type ExecutionState = {
  data: Gathered | null;
  readonly errors: (GraphQLError | GraphQLFormattedError)[];
  readonly variables: Variables;
  readonly request: GraphRequest;
};

/** One compiled node of a plan. Answers a promise only when it has to wait. */
export type Step = (state: ExecutionState) => Promise<void> | undefined;

export type StepCompiler = { readonly clients: Readonly<Record<string, SubgraphClient>>; readonly hot: boolean };

/** Adds what another fetch found to what is there, object by object. */
export function merge(into: Gathered, from: Gathered): void {
  for (const key in from) {
    const there = into[key];
    const found = from[key];
    if (isObject(there) && isObject(found)) merge(there, found);
    else if (Array.isArray(there) && Array.isArray(found)) mergeLists(there, found);
    else into[key] = found;
  }
}

function mergeLists(into: unknown[], from: unknown[]): void {
  for (const [i, found] of from.entries()) {
    const there = into[i];
    if (isObject(there) && isObject(found)) merge(there, found);
  }
}

export function isObject(value: unknown): value is Gathered {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A function that takes the named variables out of all, and leaves out those that were not given. */
export function pickVariables(names: readonly string[] | undefined): (variables: Variables) => Gathered {
  if (names === undefined || names.length === 0) return () => ({});
  return (variables) => {
    const picked: Gathered = {};
    for (const name of names) if (variables[name] !== undefined) picked[name] = variables[name];
    return picked;
  };
}
