// What all kinds of routes need to be served.
import { type Caller, requireScope } from '@portico/contracts/caller';
import { AppError } from '@portico/contracts/errors';
import type { ResourceScope } from '@portico/contracts/scopes';
import { graphError } from '@portico/service-kit/graph/graph-errors';
import type { DocumentNode } from 'graphql';
import type { ResponseCache } from '../../cache/response-cache.ts';
import type { Graph } from '../../graph/open-graph.ts';
import type { GraphVariables } from '../declare/route.ts';

export type Serving = {
  readonly graph: Pick<Graph, 'schema' | 'execute' | 'warm'>;
  readonly cache: ResponseCache;
  /** Names of the graph in error details → names of this version of the contract. */
  readonly detailNames: Readonly<Record<string, string>>;
};

/** Runs a document and answers its data. A partial answer is no answer: its error is thrown. */
export async function ask<Data>(
  { graph, detailNames }: Serving,
  document: DocumentNode,
  variables: GraphVariables,
  caller: Caller,
): Promise<Data> {
  const { data, errors } = await graph.execute(document, variables, caller);
  const [error] = errors ?? [];
  if (error !== undefined) throw renamed(graphError(error), detailNames);
  return data as Data;
}

export function requireScopes(caller: Caller, scopes: readonly ResourceScope[]): void {
  for (const scope of scopes) requireScope(caller, scope);
}

function renamed(error: AppError, names: Serving['detailNames']): AppError {
  if (error.details === undefined) return error;
  const details = Object.fromEntries(
    Object.entries(error.details).map(([path, text]) => {
      const last = path.slice(path.lastIndexOf('.') + 1);
      // A field may be called toString.
      const known = [path, last].find((name) => Object.hasOwn(names, name));
      return [known === undefined ? path : path.slice(0, path.length - known.length) + names[known], text];
    }),
  );
  return new AppError(error.code, error.message, { details, retryAfterSeconds: error.retryAfterSeconds, cause: error });
}
