// Cuts what was gathered to what was asked: the planner's keys go, absent becomes null, and a null where there must be none takes its
// parent with it, up to the first place that may be null (GraphQL specification, section 6.4.4).
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { type Gathered, isObject } from './execution-state.ts';

/** Stands for a null that may not stay where it is. */
const BUBBLE = Symbol('null in a non-null place');

type Path = (string | number)[];
type Complete = (value: unknown, missing: Path[]) => unknown;

/** `missing`: the paths of the nulls that took their parents with them. */
export type Projection = (data: Gathered | null) => { data: Gathered | null; missing: readonly Readonly<Path>[] };

/** Throws for abstract types, which are not compiled. */
export function compileProjection(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Projection {
  const root = schema.getRootType(operation.operation);
  if (!root) throw new Error(`The schema has no ${operation.operation}.`);
  const complete = compileObject(root, [operation.selectionSet], document);
  return (data) => {
    if (data === null) return { data: null, missing: [] };
    const missing: Path[] = [];
    const completed = complete(data, missing);
    return { data: completed === BUBBLE ? null : (completed as Gathered), missing };
  };
}

function compileObject(type: GraphQLObjectType, sets: readonly SelectionSetNode[], document: DocumentNode): Complete {
  const fields = new Map<string, FieldNode[]>();
  for (const set of sets) collectFields(set, document, fields);
  const declared = type.getFields();
  const parts = [...fields].map(([key, nodes]): { key: string; complete: Complete } => {
    const name = nodes[0]?.name.value ?? '';
    if (name === '__typename') return { key, complete: () => type.name };
    const field = declared[name];
    if (field === undefined) throw new Error(`${type.name} has no field ${name}.`);
    const under = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    return { key, complete: compileType(field.type, under, document) };
  });
  return (value, missing) => {
    if (!isObject(value)) return null;
    const result: Gathered = {};
    for (const { key, complete } of parts) {
      const before = missing.length;
      const completed = complete(value[key], missing);
      if (missing.length > before) prefix(missing, before, key);
      if (completed === BUBBLE) return BUBBLE;
      result[key] = completed;
    }
    return result;
  };
}

function compileType(type: GraphQLOutputType, sets: readonly SelectionSetNode[], document: DocumentNode): Complete {
  if (isNonNullType(type)) {
    const complete = compileNullable(type.ofType, sets, document);
    return (value, missing) => {
      const completed = value === null || value === undefined ? null : complete(value, missing);
      if (completed !== null) return completed;
      missing.push([]);
      return BUBBLE;
    };
  }
  // What bubbles out of a nullable place stops there.
  const complete = compileNullable(type, sets, document);
  return (value, missing) => {
    if (value === null || value === undefined) return null;
    const completed = complete(value, missing);
    return completed === BUBBLE ? null : completed;
  };
}

function compileNullable(type: GraphQLOutputType, sets: readonly SelectionSetNode[], document: DocumentNode): Complete {
  if (isLeafType(type)) return (value) => value;
  if (isListType(type)) {
    const complete = compileType(type.ofType, sets, document);
    return (value, missing) => {
      if (!Array.isArray(value)) return null;
      const result = new Array(value.length);
      for (let i = 0; i < value.length; i += 1) {
        const before = missing.length;
        const completed = complete(value[i], missing);
        if (missing.length > before) prefix(missing, before, i);
        if (completed === BUBBLE) return BUBBLE;
        result[i] = completed;
      }
      return result;
    };
  }
  if (isObjectType(type)) return compileObject(type, sets, document);
  throw new Error('Abstract types are not compiled.');
}

// Paths grow on the way up, so that an answer without holes pays nothing for them.
function prefix(missing: readonly Path[], from: number, step: string | number): void {
  for (let i = from; i < missing.length; i += 1) missing[i]?.unshift(step);
}

// Without abstract types a fragment's condition always holds: the document was validated.
function collectFields(set: SelectionSetNode, document: DocumentNode, into: Map<string, FieldNode[]>): void {
  for (const node of set.selections) {
    if (node.kind === Kind.FIELD) {
      const key = node.alias?.value ?? node.name.value;
      const nodes = into.get(key);
      if (nodes === undefined) into.set(key, [node]);
      else nodes.push(node);
    } else if (node.kind === Kind.INLINE_FRAGMENT) collectFields(node.selectionSet, document, into);
    else {
      const fragment = document.definitions.find(
        (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === node.name.value,
      );
      if (fragment?.kind === Kind.FRAGMENT_DEFINITION) collectFields(fragment.selectionSet, document, into);
    }
  }
}
