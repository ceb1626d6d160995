import { LRUCache } from 'lru-cache';
import type { Operation } from '../selection/operation.ts';
import type { SelectionTree } from '../selection/selection-tree.ts';
import type { Serving } from './serving.ts';

/** The operations of one route, one per selection and variant. Bounded: an integrator can ask for any subset of fields. */
export type Operations = {
  of(tree: SelectionTree, variant?: string): Operation;
  /** Makes one and compiles it before it is asked for. */
  warm(tree: SelectionTree, variant?: string): Operation;
};

const OPERATIONS_MAX = 300;

export function createOperations({ graph }: Pick<Serving, 'graph'>, make: (tree: SelectionTree, variant: string) => Operation): Operations {
  const known = new LRUCache<string, Operation>({ max: OPERATIONS_MAX });
  function of(tree: SelectionTree, variant = ''): Operation {
    const key = `${variant}${keyOf(tree)}`;
    let operation = known.get(key);
    if (operation === undefined) {
      operation = make(tree, variant);
      known.set(key, operation);
    }
    return operation;
  }
  return {
    of,
    warm(tree, variant) {
      const operation = of(tree, variant);
      graph.warm(operation.document);
      return operation;
    },
  };
}

function keyOf(tree: SelectionTree): string {
  let key = '{';
  for (const [name, under] of tree) key += under.size === 0 ? `${name},` : `${name}${keyOf(under)}`;
  return `${key}}`;
}
