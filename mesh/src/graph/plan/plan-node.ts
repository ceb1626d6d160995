// The parts of a query plan that we run, as the planner gives them. Anything else is left to Mesh's own execution.
import { QueryPlanner } from '@graphql-hive/router-query-planner';
import { type DocumentNode, print } from 'graphql';

export type PathStep = '@' | { readonly Field: string };

export type FetchNode = {
  readonly kind: 'Fetch';
  readonly serviceName: string;
  readonly operation: string;
  readonly variableUsages?: readonly string[];
  /** What of an entity its subgraph needs to find it. */
  readonly requires?: readonly {
    readonly typeCondition?: string;
    readonly selections: readonly { readonly kind: string; readonly name?: string }[];
  }[];
  /** Changes of what is sent or answered, such as when an alias hides a key. Not compiled. */
  readonly inputRewrites?: readonly unknown[];
  readonly outputRewrites?: readonly unknown[];
};
export type FlattenNode = { readonly kind: 'Flatten'; readonly path: readonly PathStep[]; readonly node: PlanNode };
export type PlanNode =
  | FetchNode
  | FlattenNode
  | { readonly kind: 'Sequence' | 'Parallel'; readonly nodes: readonly PlanNode[] }
  | { readonly kind: 'Condition' | 'Defer' | 'Subscription' | 'BatchFetch' };

export type Planner = (document: DocumentNode, operationName?: string) => PlanNode;

/** A planner for a supergraph. 0.15 ms a plan; throws where there is no native binary for the platform. */
export function createPlanner(supergraphSdl: string): Planner {
  const planner = new QueryPlanner(supergraphSdl);
  return (document, operationName) => {
    const plan = planner.plan(print(document), operationName, new Set(), 0) as { node?: PlanNode };
    if (plan.node === undefined) throw new Error('The planner gave an empty plan.');
    return plan.node;
  };
}
