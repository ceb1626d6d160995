// The resolvers that a read model makes by itself: a list, one by its id, and what other subgraphs refer to.
import { type IdKind, isId } from '@portico/contracts/ids';
import type { ResourceScope } from '@portico/contracts/scopes';
import { needs, type ReferenceResolver, type Resolver } from '../subgraph/build-schema.ts';
import type { ReadModel } from './read-model.ts';
import { type ListArguments, readPage } from './read-page.ts';
import { readReferences } from './read-references.ts';
import { selectionOf } from './selection.ts';

export function listOf(model: ReadModel, scope: ResourceScope): Resolver {
  return needs(scope, (_, args: ListArguments, context, info) => readPage(context, model, args, info));
}

/** An id of the wrong shape names nothing; the database need not be asked. */
export function oneById(model: ReadModel, kind: IdKind, scope: ResourceScope): Resolver {
  return needs(scope, (_, { id }: { id: string }, context, info) =>
    isId(kind, id) ? context.reads.one(model, context.caller, 't.id', id, selectionOf(info)) : null,
  );
}

export function referenceTo(model: ReadModel, scope: ResourceScope): ReferenceResolver {
  return { scope, resolve: (context, representations, selection) => readReferences(context, model, representations, selection) };
}
