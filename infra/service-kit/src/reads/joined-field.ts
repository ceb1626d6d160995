// A field that a subgraph adds to an entity of another. Where the entity came by reference, its answer has the field. Where a query leads
// back to it from one of the subgraph's own rows, as from a payment to its order and from there to the payments, no other subgraph is
// asked, and the field is read here.
import type { FieldNode } from 'graphql';
import { needs, type ReferenceResolver, type Representation, type Resolver } from '../subgraph/build-schema.ts';
import type { SubgraphContext } from '../subgraph/context.ts';
import { type Selection, selectionOf } from './selection.ts';

type Found = ReadonlyMap<unknown, Representation | null>;
type Batch = { readonly ids: Set<string>; readonly found: Promise<Found> };

const batches = new WeakMap<SubgraphContext, Map<FieldNode, Batch>>();

/** A resolver of `field` that reads as the entity's reference does: all entities of a page in one go. */
export function joinedField(field: string, reference: ReferenceResolver): Resolver {
  return needs(reference.scope, (source: Representation, _args: unknown, context, info) => {
    if (source[field] !== undefined) return source[field];
    const id = String(source.id);
    const selection = new Map([[field, selectionOf(info)]]);
    return readTogether(context, info.fieldNodes[0], id, reference, selection).then((found) => found.get(id)?.[field]);
  });
}

/** The executor resolves all elements of a list in one turn: what it asks for until that is over is one read. */
function readTogether(
  context: SubgraphContext,
  node: FieldNode | undefined,
  id: string,
  reference: ReferenceResolver,
  selection: Selection,
): Promise<Found> {
  if (node === undefined) throw new Error('A field is resolved that no document has.');
  const ofContext = batches.get(context) ?? new Map<FieldNode, Batch>();
  batches.set(context, ofContext);
  let batch = ofContext.get(node);
  if (batch === undefined) {
    const ids = new Set<string>();
    const found = Promise.resolve().then(async (): Promise<Found> => {
      ofContext.delete(node);
      const entities = await reference.resolve(
        context,
        [...ids].map((one) => ({ id: one })),
        selection,
      );
      return new Map([...ids].map((one, i) => [one, (entities[i] ?? null) as Representation | null]));
    });
    batch = { ids, found };
    ofContext.set(node, batch);
  }
  batch.ids.add(id);
  return batch.found;
}
