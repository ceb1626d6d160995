import type { ResourceScope } from '@portico/contracts/scopes';
import type { Source } from '../declare/fields.ts';
import type { Resource } from '../declare/resource.ts';
import type { SelectionTree } from './selection-tree.ts';

export type CompiledSelection = {
  /** GraphQL selection set, braces included. */
  readonly graph: string;
  /** The same without them, to stand beside others. */
  readonly fields: string;
  /** Makes the public value of what the graph answered: renames, decimal amounts, nothing that was not asked for. */
  write(source: Source): Record<string, unknown>;
  /** Scopes that the joins in it need. */
  readonly scopes: readonly ResourceScope[];
};

/** `extra`: graph fields that are needed beside the public ones. */
export function compileSelection(resource: Resource, tree: SelectionTree, extra: readonly string[] = []): CompiledSelection {
  const graph = new Set<string>(extra);
  const scopes = new Set<ResourceScope>();
  const writers: { name: string; read: (source: Source) => unknown }[] = [];
  for (const [name, under] of tree) {
    const field = resource.fields.get(name);
    if (field === undefined) continue;
    if (field.kind === 'leaf') {
      for (const needed of field.graph) graph.add(needed);
      writers.push({ name, read: field.read });
      continue;
    }
    const inner = compileSelection(field.resource(), under);
    graph.add(`${field.graph} ${inner.graph}`);
    for (const scope of [...(field.scope === undefined ? [] : [field.scope]), ...inner.scopes]) scopes.add(scope);
    writers.push({ name, read: field.many ? readMany(field.graph, inner) : readOne(field.graph, inner) });
  }
  const fields = [...graph].join(' ');
  return {
    graph: `{ ${fields} }`,
    fields,
    scopes: [...scopes],
    write(source) {
      const result: Record<string, unknown> = {};
      for (const { name, read } of writers) result[name] = read(source);
      return result;
    },
  };
}

function readOne(graph: string, { write }: CompiledSelection): (source: Source) => unknown {
  return (source) => {
    const value = source[graph];
    return value === null || value === undefined ? null : write(value as Source);
  };
}

function readMany(graph: string, { write }: CompiledSelection): (source: Source) => unknown {
  return (source) => {
    const values = source[graph];
    return Array.isArray(values) ? values.map((value: Source) => write(value)) : [];
  };
}
