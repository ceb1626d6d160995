// Every document that the contract can make by naming joins runs by a compiled plan: stitched execution is for what internal teams think up.

import { readFileSync } from 'node:fs';
import { createLogger } from '@portico/service-kit/logger';
import { NO_TRACING } from '@portico/service-kit/tracing/tracing';
import { afterAll, describe, expect, it } from 'vitest';
import { VERSIONS } from '../../contracts/versions.ts';
import { openGraph } from '../../graph/open-graph.ts';
import { compileOperation } from '../../graph/plan/compile-operation.ts';
import { createPlanner } from '../../graph/plan/plan-node.ts';
import { createSubgraphClient } from '../../graph/subgraph-fetch.ts';
import { SUBGRAPHS, supergraphFile } from '../../graph/subgraph-schemas.ts';
import type { Resource } from '../declare/resource.ts';
import type { Route } from '../declare/route.ts';
import type { ContractVersion } from '../declare/version.ts';
import { itemOperation, listOperation, writeOperation } from './operation.ts';
import { parseSelection } from './selection-tree.ts';

const supergraphSdl = readFileSync(supergraphFile, 'utf8');
const options = { internalSecret: 'x'.repeat(32), requestTimeoutMs: 1_000 };
// Nobody is asked: documents are only made, planned and compiled.
const nowhere = { kind: 'http', url: 'http://127.0.0.1:1/graphql' } as const;
const subgraphs = Object.fromEntries(SUBGRAPHS.map((name) => [name, nowhere]));
const graph = await openGraph({ supergraphSdl, subgraphs, ...options, logger: createLogger({ program: 'test', level: 'silent' }) });
afterAll(() => graph[Symbol.asyncDispose]());

const planner = createPlanner(supergraphSdl);
const clients = Object.fromEntries(
  SUBGRAPHS.map((name) => [name, createSubgraphClient(name, nowhere, { ...options, tracing: NO_TRACING })]),
);

/** `expand` of nothing, of each join, of each join of a join, and of all at once. */
function expansions(resource: Resource): (string | undefined)[] {
  const joinsOf = (of: Resource): [string, Resource][] =>
    [...of.fields].flatMap(([name, field]) => (field.kind === 'object' ? [[name, field.resource()] as [string, Resource]] : []));
  const first = joinsOf(resource);
  const second = first.flatMap(([name, joined]) => joinsOf(joined).map(([inner]) => `${name}.${inner}`));
  const names = first.map(([name]) => name);
  return [
    undefined,
    ...names,
    ...second,
    ...(names.length > 1 ? [names.join(',')] : []),
    ...(second.length > 1 ? [second.slice(0, 40).join(',')] : []),
  ];
}

function documentsOf(contract: ContractVersion, route: Exclude<Route, { kind: 'custom' }>, expand: string | undefined) {
  const world = { graph, contract };
  const tree = parseSelection(route.resource, undefined, expand);
  switch (route.kind) {
    case 'list':
      return [listOperation(world, route, tree, false), listOperation(world, route, tree, true)];
    case 'item':
      return [itemOperation(world, route, tree)];
    case 'write':
      return [writeOperation(world, route, tree)];
  }
}

const cases = VERSIONS.flatMap((contract) =>
  contract.routes.flatMap((route) =>
    route.kind === 'custom'
      ? []
      : expansions(route.resource).map((expand) => ({ contract, version: contract.version, name: route.operationId, route, expand })),
  ),
);

describe('the documents of the contract', () => {
  it.each(cases)('$name of version $version, expand=$expand, runs by a compiled plan', ({ contract, route, expand }) => {
    for (const { document } of documentsOf(contract, route, expand))
      expect(compileOperation({ schema: graph.schema, planner, clients }, document, undefined, false)).toBeDefined();
  });
});
