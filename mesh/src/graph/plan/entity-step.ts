// A fetch of entities: collects them from what was gathered, asks their subgraph once for all of them, each only once, and puts the
// answers back into every place they belong.
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { failedFetch } from '../failed-fetch.ts';
import type { SubgraphResult } from '../subgraph-fetch.ts';
import { type ExecutionState, type Gathered, isObject, merge, pickVariables, type Step, type StepCompiler } from './execution-state.ts';
import type { FetchNode, PathStep } from './plan-node.ts';

type Path = readonly (string | number)[];

export function entityStep(path: readonly PathStep[], fetch: FetchNode, { clients, hot }: StepCompiler): Step {
  const ask = clients[fetch.serviceName]?.prepare(fetch.operation, hot);
  if (ask === undefined) throw new Error(`There is no subgraph ${fetch.serviceName}.`);
  const steps = path.map((step) => (step === '@' ? null : step.Field));
  const represent = compileRepresentation(fetch);
  const pick = pickVariables(fetch.variableUsages);

  return (state) => {
    const entities: Gathered[] = [];
    collect(state.data, steps, 0, entities);
    const representations: Gathered[] = [];
    // For each entity, which representation stands for it.
    const places: number[] = [];
    const known = new Map<string, number>();
    for (const entity of entities) {
      const representation = represent(entity);
      const key = representation === null ? '' : keyOf(representation);
      let place = representation === null ? -1 : known.get(key);
      if (place === undefined) {
        place = representations.push(representation as Gathered) - 1;
        known.set(key, place);
      }
      places.push(place);
    }
    if (representations.length === 0) return undefined;
    const variables = pick(state.variables);
    variables.representations = representations;

    const settle = (result: SubgraphResult): void => {
      const found = entitiesOf(result, representations.length);
      for (const [i, entity] of entities.entries()) {
        const answer: unknown = found?.[places[i] ?? -1];
        if (isObject(answer)) merge(entity, answer);
      }
      const { errors = [] } = found === undefined && !result.errors?.length ? failedFetch('UPSTREAM_ERROR') : result;
      for (const error of errors) state.errors.push(...relocate(error, state, steps, places));
    };
    const result = ask(variables, state.request);
    if (result instanceof Promise) return result.then(settle);
    settle(result);
    return undefined;
  };
}

/** In the order in which they were asked for; undefined where it is not one for each: nobody could say which is whose. */
function entitiesOf({ data }: SubgraphResult, count: number): readonly unknown[] | undefined {
  const found = data?._entities;
  return Array.isArray(found) && found.length === count ? found : undefined;
}

/** Walks to the entities under a path; `null` in it stands for every element of a list. */
function collect(value: unknown, steps: readonly (string | null)[], at: number, into: Gathered[]): void {
  if (value === null || value === undefined) return;
  const step = steps[at];
  if (step === null) {
    if (Array.isArray(value)) for (const element of value) collect(element, steps, at + 1, into);
  } else if (step !== undefined) {
    if (isObject(value)) collect(value[step], steps, at + 1, into);
  } else if (isObject(value)) into.push(value);
}

/** A function that cuts an entity to what its subgraph knows it by; null when a key is missing. */
function compileRepresentation(fetch: FetchNode): (entity: Gathered) => Gathered | null {
  const shapes = (fetch.requires ?? []).map((fragment) => {
    if (fragment.typeCondition === undefined || fragment.selections.some(({ kind }) => kind !== 'Field'))
      throw new Error('Nested keys are not compiled.');
    return {
      typename: fragment.typeCondition,
      keys: fragment.selections.flatMap(({ name }) => (name === undefined || name === '__typename' ? [] : [name])),
    };
  });
  return (entity) => {
    for (const { typename, keys } of shapes) {
      if (entity.__typename !== undefined && entity.__typename !== typename) continue;
      const representation: Gathered = { __typename: typename };
      for (const key of keys) {
        if (entity[key] === undefined || entity[key] === null) return null;
        representation[key] = entity[key];
      }
      return representation;
    }
    return null;
  };
}

function keyOf(representation: Gathered): string {
  let key = '';
  for (const name in representation) key += `${String(representation[name])}\u0000`;
  return key;
}

/** An error about a representation is an error at every place it stands for, under the client's own path. */
function relocate(
  error: GraphQLError | GraphQLFormattedError,
  state: ExecutionState,
  steps: readonly (string | null)[],
  places: readonly number[],
): (GraphQLError | GraphQLFormattedError)[] {
  const paths: Path[] = [];
  collectPaths(state.data, steps, 0, [], paths);
  const [root, place, ...inside] = error.path ?? [];
  const concerned = paths.filter((_, i) => (root === '_entities' && typeof place === 'number' ? places[i] === place : i === 0));
  return concerned.map((path) => {
    const original = error instanceof GraphQLError ? error.originalError : undefined;
    return new GraphQLError(error.message, { path: [...path, ...inside], extensions: error.extensions, originalError: original });
  });
}

function collectPaths(value: unknown, steps: readonly (string | null)[], at: number, here: Path, into: Path[]): void {
  if (value === null || value === undefined) return;
  const step = steps[at];
  if (step === null) {
    if (Array.isArray(value)) for (const [i, element] of value.entries()) collectPaths(element, steps, at + 1, [...here, i], into);
  } else if (step !== undefined) {
    if (isObject(value)) collectPaths(value[step], steps, at + 1, [...here, step], into);
  } else if (isObject(value)) into.push(here);
}
