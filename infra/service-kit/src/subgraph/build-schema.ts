// A subgraph's executable schema: the SDL, its resolvers, and references resolved in one batch per type.
import { buildSubgraphSchema } from '@apollo/subgraph';
import { requireScope } from '@portico/contracts/caller';
import type { ResourceScope } from '@portico/contracts/scopes';
import { type GraphQLResolveInfo, type GraphQLSchema, parse } from 'graphql';
import { type Selection, selectionOfType } from '../reads/selection.ts';
import type { SubgraphContext } from './context.ts';
import { SCALARS } from './scalars.ts';

/** `never` for source and arguments lets each resolver declare what it takes; the SDL guarantees it. */
export type Resolver = (source: never, args: never, context: SubgraphContext, info: GraphQLResolveInfo) => unknown;
export type Resolvers = Readonly<Record<string, Readonly<Record<string, Resolver>>>>;

export type Representation = Readonly<Record<string, unknown>>;

/** Answers the entities of the representations, in their order, null where there is none. `selection`: what is asked of the type. */
export type ReferenceResolver = {
  readonly scope: ResourceScope;
  resolve(context: SubgraphContext, representations: readonly Representation[], selection: Selection): Promise<readonly (object | null)[]>;
};
export type References = Readonly<Record<string, ReferenceResolver>>;

export function buildSchema(sdl: string, resolvers: Resolvers, references: References): GraphQLSchema {
  const typeDefs = parse(sdl);
  const declared = new Set(typeDefs.definitions.flatMap((node) => ('name' in node && node.name !== undefined ? [node.name.value] : [])));
  const scalars = Object.fromEntries(Object.entries(SCALARS).filter(([name]) => declared.has(name)));
  type SubgraphModule = Extract<Parameters<typeof buildSubgraphSchema>[0], { resolvers?: unknown }>;
  // The library's resolver type takes arguments of any type; ours name theirs, which only the SDL can vouch for.
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: { ...resolvers, ...scalars } as SubgraphModule['resolvers'] }]);
  const entities = schema.getQueryType()?.getFields()._entities;
  if (entities !== undefined) {
    entities.resolve = (_source, args: { representations: readonly Representation[] }, context: SubgraphContext, info) =>
      resolveReferences(references, args.representations, context, info);
  }
  return schema;
}

/** Guards a resolver with a scope. The REST layer checks too; the graph is a second entrance. */
export function needs<Source, Args>(
  scope: ResourceScope,
  resolve: (source: Source, args: Args, context: SubgraphContext, info: GraphQLResolveInfo) => unknown,
): (source: Source, args: Args, context: SubgraphContext, info: GraphQLResolveInfo) => unknown {
  return (source, args, context, info) => {
    requireScope(context.caller, scope);
    return resolve(source, args, context, info);
  };
}

// One statement per type: the library's own way is a call per key, which would need a data loader to become one again.
async function resolveReferences(
  references: References,
  representations: readonly Representation[],
  context: SubgraphContext,
  info: GraphQLResolveInfo,
): Promise<(object | null)[]> {
  const byType = Map.groupBy(representations.keys(), (index) => String(representations[index]?.__typename));
  const answers: (object | null)[] = new Array(representations.length).fill(null);
  await Promise.all(
    [...byType].map(async ([typeName, indexes]) => {
      const reference = Object.hasOwn(references, typeName) ? references[typeName] : undefined;
      if (reference === undefined) return;
      requireScope(context.caller, reference.scope);
      const wanted = indexes.map((index) => representations[index] ?? {});
      const found = await reference.resolve(context, wanted, selectionOfType(info, typeName));
      for (const [i, index] of indexes.entries()) {
        const entity = found[i];
        if (entity !== null && entity !== undefined) answers[index] = { ...entity, __typename: typeName };
      }
    }),
  );
  return answers;
}
