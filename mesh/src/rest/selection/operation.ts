// The graph operation of a route and a selection: text, parsed and validated once, warmed for the selections that come by default.
import type { ResourceScope } from '@portico/contracts/scopes';
import { type DocumentNode, type GraphQLSchema, parse, validate } from 'graphql';
import type { ItemRoute, ListRoute, Route, WriteRoute } from '../declare/route.ts';
import type { ContractVersion } from '../declare/version.ts';
import { type CompiledSelection, compileSelection } from './compile-selection.ts';
import type { SelectionTree } from './selection-tree.ts';

export type Operation = {
  readonly document: DocumentNode;
  readonly write: CompiledSelection['write'];
  /** Scopes that the selected joins need, beside the route's. */
  readonly scopes: readonly ResourceScope[];
};

/** The graph that is asked, and the version of the contract on whose behalf. */
export type OperationWorld = { readonly graph: { readonly schema: GraphQLSchema }; readonly contract: Pick<ContractVersion, 'version'> };

/** Alias of the route's field in every operation. */
export const RESULT = 'result';
export const PARENT = 'parent';

export function listOperation(world: OperationWorld, route: ListRoute, tree: SelectionTree, byCursor: boolean): Operation {
  const { field, filterType, sortType } = route.graph;
  const selection = compileSelection(route.resource, tree);
  const parent = route.parent === undefined ? '' : `${PARENT}: ${route.parent.graph}(id: $parent) { id } `;
  const page = byCursor ? 'nextCursor prevCursor' : 'total';
  const text = `query ${nameOf(world, route)}($filter: ${filterType}, $sort: [${sortType}!], $page: PageInput!${parent === '' ? '' : ', $parent: ID!'}) {
  ${parent}${RESULT}: ${field}(filter: $filter, sort: $sort, page: $page) { items ${selection.graph} ${page} }
}`;
  return operation(world, text, selection);
}

export function itemOperation(world: OperationWorld, route: ItemRoute, tree: SelectionTree): Operation {
  const selection = compileSelection(route.resource, tree, route.resource.versioned ? ['version'] : []);
  const { field, argument, type } = route.graph;
  return operation(
    world,
    `query ${nameOf(world, route)}($id: ${type}) {\n  ${RESULT}: ${field}(${argument}: $id) ${selection.graph}\n}`,
    selection,
  );
}

export function writeOperation(world: OperationWorld, route: WriteRoute, tree: SelectionTree): Operation {
  const selection = compileSelection(route.resource, tree, [
    ...(route.resource.versioned || route.location !== undefined || route.status === 204 ? ['id'] : []),
    ...(route.resource.versioned ? ['version'] : []),
  ]);
  const names = Object.entries(route.graph.arguments);
  const declared = names.map(([name, type]) => `$${name}: ${type}`).join(', ');
  const passed = names.map(([name]) => `${name}: $${name}`).join(', ');
  return operation(
    world,
    `mutation ${nameOf(world, route)}(${declared}) {\n  ${RESULT}: ${route.graph.field}(${passed}) ${selection.graph}\n}`,
    selection,
  );
}

function nameOf({ contract }: OperationWorld, { operationId }: Route): string {
  return `v${contract.version}_${operationId}`;
}

function operation({ graph: { schema } }: OperationWorld, text: string, { write, scopes }: CompiledSelection): Operation {
  const document = parse(text, { noLocation: true });
  // The graph does not validate what it is given; a declaration that names what the graph has not must fail here, and in a test.
  const [problem] = validate(schema, document);
  if (problem !== undefined) throw new Error(`${problem.message}\n${text}`);
  return { document, write, scopes };
}
