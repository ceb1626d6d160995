import type { Representation } from '../subgraph/build-schema.ts';
import type { SubgraphContext } from '../subgraph/context.ts';
import type { ReadModel } from './read-model.ts';
import type { Row } from './reads.ts';
import type { Selection } from './selection.ts';

const KEY_ONLY: Selection = new Map();

/** Resolves references by one key column, `id` by default: one statement for all of them, in their order, null where there is no row. */
export async function readReferences(
  context: SubgraphContext,
  model: ReadModel,
  representations: readonly Representation[],
  selection: Selection,
  key = 'id',
): Promise<(Row | null)[]> {
  const values = [...new Set(representations.map((representation) => String(representation[key])))];
  const rows = await context.reads.many(model, context.caller, `t.${key}`, values, withField(selection, key));
  const byKey = new Map(rows.map((row) => [row[key], row]));
  return representations.map((representation) => byKey.get(representation[key]) ?? null);
}

const remembered = new WeakMap<Selection, Map<string, Selection>>();

/** The selection with one more field; the same object for the same selection, as everything that is kept by selection needs. */
export function withField(selection: Selection, field: string): Selection {
  if (selection.has(field)) return selection;
  let byField = remembered.get(selection);
  if (byField === undefined) {
    byField = new Map();
    remembered.set(selection, byField);
  }
  let wider = byField.get(field);
  if (wider === undefined) {
    wider = new Map([...selection, [field, KEY_ONLY]]);
    byField.set(field, wider);
  }
  return wider;
}
