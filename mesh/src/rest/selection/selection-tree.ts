// `fields=id,customer.name` and `expand=customer` as a tree over a resource. The contract's fields are the only ones there are: whatever
// else the graph knows cannot be asked for.
import { invalid } from '@portico/contracts/errors';
import type { Resource } from '../declare/resource.ts';
import { nearest } from '../query/nearest.ts';

/** Field → what is asked under it. Keys in the resource's own order, so that equal selections are equal texts. */
export type SelectionTree = ReadonlyMap<string, SelectionTree>;
type MutableTree = Map<string, MutableTree>;

const NAMES_MAX = 50;
const DEPTH_MAX = 4;
const LEAF: SelectionTree = new Map();

/** Throws VALIDATION_ERROR that names the unknown field, the nearest one and those that are allowed. */
export function parseSelection(resource: Resource, fields: string | undefined, expand: string | undefined): SelectionTree {
  const asked: MutableTree = new Map();
  if (fields !== undefined) for (const name of split('fields', fields)) add('fields', resource, asked, name);
  const expanded: MutableTree = new Map();
  if (expand !== undefined) for (const name of split('expand', expand)) add('expand', resource, expanded, name);
  return normalize(resource, fields === undefined ? undefined : asked, expanded);
}

function split(parameter: string, text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.length > NAMES_MAX) throw invalid({ [parameter]: `At most ${NAMES_MAX} names.` });
  if (names.includes('')) throw invalid({ [parameter]: 'A name is empty.' });
  return names;
}

function add(parameter: 'fields' | 'expand', resource: Resource, tree: MutableTree, name: string): void {
  const parts = name.split('.');
  if (parts.length > DEPTH_MAX) throw invalid({ [parameter]: `${JSON.stringify(name.slice(0, 64))} is nested deeper than ${DEPTH_MAX}.` });
  let [at, into] = [resource, tree];
  for (const [i, part] of parts.entries()) {
    const field = at.fields.get(part);
    const isLast = i === parts.length - 1;
    const usable = field !== undefined && (field.kind === 'object' || (isLast && parameter === 'fields'));
    if (!usable) {
      const shown = parts.slice(0, i + 1).join('.');
      if (parameter === 'fields' && field !== undefined) throw invalid({ fields: `${JSON.stringify(shown)} has no fields of its own.` });
      const known = [...at.fields].filter(([, made]) => parameter === 'fields' || made.kind === 'object').map(([key]) => key);
      throw invalid({ [parameter]: unknownName(shown, part, known) });
    }
    let under = into.get(part);
    if (under === undefined) {
      under = new Map();
      into.set(part, under);
    }
    if (field.kind === 'object') [at, into] = [field.resource(), under];
  }
}

export function unknownName(shown: string, name: string, known: readonly string[]): string {
  const close = nearest(name, known);
  const hint = close === undefined ? '' : ` Did you mean ${JSON.stringify(close)}?`;
  return `${JSON.stringify(shown.slice(0, 64))} is not known.${hint} Allowed: ${known.join(', ')}.`;
}

/** Orders the tree as the resource declares its fields, and fills what was left open with defaults. */
function normalize(resource: Resource, asked: MutableTree | undefined, expanded: MutableTree): SelectionTree {
  const tree: MutableTree = new Map();
  for (const [name, field] of resource.fields) {
    const chosen = asked === undefined ? resource.byDefault.includes(name) : asked.has(name);
    const widened = expanded.get(name);
    if (!chosen && widened === undefined) continue;
    if (field.kind === 'leaf') {
      tree.set(name, LEAF as MutableTree);
      continue;
    }
    const under = asked?.get(name);
    const named = under !== undefined && under.size > 0 ? under : undefined;
    tree.set(name, normalize(field.resource(), named, widened ?? new Map()) as MutableTree);
  }
  return tree;
}
