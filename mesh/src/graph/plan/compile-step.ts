import { entityStep } from './entity-step.ts';
import { type ExecutionState, merge, pickVariables, type Step, type StepCompiler } from './execution-state.ts';
import type { FetchNode, PlanNode } from './plan-node.ts';

/** Compiles a plan's node. Throws for one that we do not run; the document then goes the way of Mesh's own execution. */
export function compileStep(node: PlanNode, compiler: StepCompiler): Step {
  const fetch = node.kind === 'Flatten' ? node.node : node;
  if (fetch.kind === 'Fetch' && (fetch.inputRewrites ?? fetch.outputRewrites) !== undefined) throw new Error('Rewrites are not compiled.');
  switch (node.kind) {
    case 'Fetch':
      return rootStep(node, compiler);
    case 'Flatten':
      if (node.node.kind !== 'Fetch') throw new Error(`A Flatten of ${node.node.kind} is not compiled.`);
      return entityStep(node.path, node.node, compiler);
    case 'Sequence':
      return sequence(node.nodes.map((child) => compileStep(child, compiler)));
    case 'Parallel':
      return parallel(node.nodes.map((child) => compileStep(child, compiler)));
    default:
      throw new Error(`A plan node ${node.kind} is not compiled.`);
  }
}

function rootStep(node: FetchNode, { clients, hot }: StepCompiler): Step {
  const ask = clients[node.serviceName]?.prepare(node.operation, hot);
  if (ask === undefined) throw new Error(`There is no subgraph ${node.serviceName}.`);
  const pick = pickVariables(node.variableUsages);
  const settle = (state: ExecutionState, result: Awaited<ReturnType<typeof ask>>): void => {
    if (result.errors !== undefined) state.errors.push(...result.errors);
    if (result.data === null || result.data === undefined) return;
    if (state.data === null) state.data = result.data;
    else merge(state.data, result.data);
  };
  return (state) => {
    const result = ask(pick(state.variables), state.request);
    if (result instanceof Promise) return result.then((settled) => settle(state, settled));
    settle(state, result);
    return undefined;
  };
}

function sequence(steps: readonly Step[]): Step {
  return (state) => runFrom(0, state);
  function runFrom(start: number, state: ExecutionState): Promise<void> | undefined {
    for (let i = start; i < steps.length; i += 1) {
      const waiting = steps[i]?.(state);
      if (waiting !== undefined) return waiting.then(() => runFrom(i + 1, state));
    }
    return undefined;
  }
}

function parallel(steps: readonly Step[]): Step {
  return (state) => {
    const waiting = steps.flatMap((step) => step(state) ?? []);
    return waiting.length === 0 ? undefined : Promise.all(waiting).then(() => undefined);
  };
}
