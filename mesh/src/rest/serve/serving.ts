// What all kinds of routes need to be served.
import { type Caller, requireScope } from '@portico/contracts/caller';
import { AppError, valuesOf } from '@portico/contracts/errors';
import type { ResourceScope } from '@portico/contracts/scopes';
import { graphError } from '@portico/service-kit/graph/graph-errors';
import type { DocumentNode } from 'graphql';
import type { ResponseCache } from '../../cache/response-cache.ts';
import type { Graph } from '../../graph/open-graph.ts';
import { createEnvelope, type Envelope } from '../answer/answer.ts';
import type { DeprecationNotice } from '../declare/deprecation.ts';
import type { GraphVariables, Route } from '../declare/route.ts';
import type { ContractVersion } from '../declare/version.ts';
import { nameDetail } from '../restyle/name-detail.ts';

/** What all routes of all versions are served with. */
export type Platform = {
  readonly graph: Pick<Graph, 'schema' | 'execute' | 'warm'>;
  readonly cache: ResponseCache;
  readonly docsUrl: string;
};

/** What one route is served with. */
export type Serving = Platform & {
  readonly contract: Pick<ContractVersion, 'version' | 'prefix' | 'conventions'>;
  readonly envelope: Envelope;
  /** A place in an error of the graph → what this version of the contract calls it. */
  detailName(path: string): string;
};

export function servingOf(
  platform: Platform,
  contract: ContractVersion,
  route: Route,
  deprecation: DeprecationNotice | undefined,
): Serving {
  const { conventions } = contract;
  const resource = route.kind === 'custom' ? undefined : route.resource;
  return {
    ...platform,
    contract,
    envelope: createEnvelope(conventions, deprecation === undefined ? [] : [deprecation.warning]),
    detailName: (path) => nameDetail(path, conventions, resource),
  };
}

/** Runs a document and answers its data. A partial answer is no answer: its error is thrown. */
export async function ask<Data>(
  { graph, detailName }: Serving,
  document: DocumentNode,
  variables: GraphVariables,
  caller: Caller,
): Promise<Data> {
  const { data, errors } = await graph.execute(document, variables, caller);
  const [error] = errors ?? [];
  if (error !== undefined) throw renamed(graphError(error), detailName);
  return data as Data;
}

export function requireScopes(caller: Caller, scopes: readonly ResourceScope[]): void {
  for (const scope of scopes) requireScope(caller, scope);
}

function renamed(error: AppError, nameOf: Serving['detailName']): AppError {
  if (error.details === undefined) return error;
  const values = valuesOf(error.code);
  const details = Object.fromEntries(
    Object.entries(error.details).map(([path, told]) => [values.includes(path) ? path : nameOf(path), told]),
  );
  return new AppError(error.code, error.message, { details, retryAfterSeconds: error.retryAfterSeconds, cause: error });
}
