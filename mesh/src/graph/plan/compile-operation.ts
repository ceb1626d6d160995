import { type DocumentNode, type GraphQLSchema, Kind, type OperationDefinitionNode, valueFromASTUntyped, visit } from 'graphql';
import type { GraphRequest } from '../graph-request.ts';
import type { SubgraphClient, Variables } from '../subgraph-fetch.ts';
import { compileProjection, type Projection } from './compile-projection.ts';
import { compileStep } from './compile-step.ts';
import type { ExecutionState, Gathered } from './execution-state.ts';
import type { PlanNode, Planner } from './plan-node.ts';

export type PlanResult = { data: Gathered | null; errors?: ExecutionState['errors'] };
export type CompiledOperation = {
  readonly run: (variables: Variables, request: GraphRequest) => Promise<PlanResult> | PlanResult;
  /** The subgraphs that the operation reads or changes. */
  readonly subgraphs: readonly string[];
};

export type OperationCompiler = { schema: GraphQLSchema; planner: Planner; clients: Readonly<Record<string, SubgraphClient>> };

/**
 * Compiles one operation of a valid document, or answers undefined when it needs something that is not compiled:
 * introspection, directives that decide at run time, a plan node we do not know.
 */
export function compileOperation(
  { schema, planner, clients }: OperationCompiler,
  document: DocumentNode,
  operationName: string | undefined,
  hot: boolean,
): CompiledOperation | undefined {
  const operation = chosenOperation(document, operationName);
  if (operation === undefined || operation.operation === 'subscription' || !isCompilable(operation, document)) return undefined;
  let root: PlanNode;
  let step: ReturnType<typeof compileStep>;
  let project: Projection;
  try {
    root = planner(document, operationName);
    step = compileStep(root, { clients, hot });
    // One subgraph answers with exactly what was asked, nulls in their places: nothing is left to cut.
    project = root.kind === 'Fetch' ? (data) => ({ data, missing: [] }) : compileProjection(schema, document, operation);
  } catch {
    return undefined;
  }
  const defaults = defaultVariables(operation);
  const finish = (state: ExecutionState): PlanResult => {
    const { data, missing } = project(state.data);
    // A subgraph that has no such entity says nothing; the caller must still learn why the data is gone.
    for (const path of missing) {
      const parent = path.slice(0, -1);
      const explained = state.errors.some((error) => parent.every((step, i) => error.path?.[i] === step));
      if (!explained) state.errors.push({ message: 'A required part of the answer does not exist.', path });
    }
    return state.errors.length === 0 ? { data } : { data, errors: state.errors };
  };
  return {
    subgraphs: [...new Set(servicesOf(root))],
    run(given, request) {
      const state: ExecutionState = {
        data: null,
        errors: [],
        variables: defaults === undefined ? given : { ...defaults, ...given },
        request,
      };
      const waiting = step(state);
      return waiting === undefined ? finish(state) : waiting.then(() => finish(state));
    },
  };
}

function chosenOperation(document: DocumentNode, name: string | undefined): OperationDefinitionNode | undefined {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (name === undefined) return operations.length === 1 ? operations[0] : undefined;
  return operations.find((operation) => operation.name?.value === name);
}

function isCompilable(operation: OperationDefinitionNode, document: DocumentNode): boolean {
  let compilable = true;
  visit(document, {
    Directive: ({ name }) => {
      if (name.value === 'skip' || name.value === 'include' || name.value === 'defer') compilable = false;
    },
    Field: ({ name }) => {
      if (name.value === '__schema' || name.value === '__type') compilable = false;
    },
  });
  // At the root the planner would have no subgraph to ask for it.
  return compilable && !operation.selectionSet.selections.some((node) => node.kind === Kind.FIELD && node.name.value === '__typename');
}

function defaultVariables(operation: OperationDefinitionNode): Variables | undefined {
  const entries = (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
    defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)] as const],
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function servicesOf(node: PlanNode): string[] {
  if (node.kind === 'Fetch') return [node.serviceName];
  if (node.kind === 'Flatten') return servicesOf(node.node);
  return 'nodes' in node ? node.nodes.flatMap(servicesOf) : [];
}
