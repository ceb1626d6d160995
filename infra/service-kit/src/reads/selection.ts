// Which fields a query asks of a type, as the SQL builder needs them. Read once per place in a document and kept with it.
import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/** Field names under a field, each with what is asked under it. Without aliases and arguments: this is about columns. */
export type Selection = ReadonlyMap<string, Selection>;

type MutableSelection = Map<string, MutableSelection>;

const remembered = new WeakMap<FieldNode, Selection>();
const rememberedByType = new WeakMap<FieldNode, Map<string, Selection>>();

/** What the query asks under the field that is being resolved. Skipped fields (@skip, @include) count as asked. */
export function selectionOf(info: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>): Selection {
  const [first, ...others] = info.fieldNodes;
  if (first === undefined) return new Map();
  if (others.length > 0) return collectAll(info);
  let selection = remembered.get(first);
  if (selection === undefined) {
    selection = collectAll(info);
    remembered.set(first, selection);
  }
  return selection;
}

/** What is asked of one type where a field may answer with several, as `_entities` does. */
export function selectionOfType(info: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>, typeName: string): Selection {
  const [first] = info.fieldNodes;
  const known = first === undefined ? undefined : rememberedByType.get(first)?.get(typeName);
  if (known !== undefined) return known;
  const selection: MutableSelection = new Map();
  for (const node of info.fieldNodes) collect(node.selectionSet, info.fragments, selection, typeName);
  if (first !== undefined && info.fieldNodes.length === 1) {
    const byType = rememberedByType.get(first) ?? new Map<string, Selection>();
    rememberedByType.set(first, byType.set(typeName, selection));
  }
  return selection;
}

function collectAll(info: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>): Selection {
  const selection: MutableSelection = new Map();
  for (const node of info.fieldNodes) collect(node.selectionSet, info.fragments, selection);
  return selection;
}

function collect(
  set: SelectionSetNode | undefined,
  fragments: GraphQLResolveInfo['fragments'],
  into: MutableSelection,
  onlyType?: string,
): void {
  for (const node of set?.selections ?? []) {
    if (node.kind === Kind.FIELD) {
      if (node.name.value.startsWith('__')) continue;
      let under = into.get(node.name.value);
      if (under === undefined) {
        under = new Map();
        into.set(node.name.value, under);
      }
      collect(node.selectionSet, fragments, under);
      continue;
    }
    const fragment = node.kind === Kind.FRAGMENT_SPREAD ? fragments[node.name.value] : node;
    const condition = fragment?.typeCondition?.name.value;
    if (onlyType === undefined || condition === undefined || condition === onlyType)
      collect(fragment?.selectionSet, fragments, into, onlyType);
  }
}
