import { AppError, invalid } from '@portico/contracts/errors';
import type { GraphQLResolveInfo } from 'graphql';
import type { SubgraphContext } from '../subgraph/context.ts';
import type { SortKey } from './page-statement.ts';
import type { ReadModel } from './read-model.ts';
import type { Page } from './reads.ts';
import { type Selection, selectionOf } from './selection.ts';

/** The arguments that every list field of the graph takes. */
export type ListArguments = {
  filter?: Readonly<Record<string, unknown>> | null;
  sort?: readonly SortKey[] | null;
  page: { number?: number | null; size: number; cursor?: string | null };
};

const PAGE_SIZE_MAX = 100;
/** An offset costs the database every row it skips; beyond this a list is walked by cursor. */
const OFFSET_MAX = 1_000_000;
/** As many keys as a cursor has, one of them the id's. */
const SORT_MAX = 7;
const NOTHING: Selection = new Map();

/** Resolves a list field: the page that the arguments ask for, with only the columns that the query asks for. */
export function readPage(context: SubgraphContext, model: ReadModel, args: ListArguments, info: GraphQLResolveInfo): Promise<Page> {
  const selection = selectionOf(info);
  const { number, size, cursor } = args.page;
  if (!Number.isInteger(size) || size < 1 || size > PAGE_SIZE_MAX) throw invalid({ 'page.size': `It must be from 1 to ${PAGE_SIZE_MAX}.` });
  if (typeof number === 'number' && (number < 1 || number * size > OFFSET_MAX)) {
    throw invalid({ 'page.number': `It must be from 1 to ${Math.floor(OFFSET_MAX / size)} at this size; walk deeper lists by cursor.` });
  }
  if (typeof number === 'number' && typeof cursor === 'string')
    throw new AppError('VALIDATION_ERROR', 'A page has a number or a cursor, not both.');
  if ((args.sort ?? []).length > SORT_MAX) throw invalid({ sort: `It must have at most ${SORT_MAX} fields.` });
  return context.reads.page(
    model,
    context.caller,
    { filter: args.filter ?? {}, sort: args.sort ?? [], size, number: number ?? undefined, cursor: cursor ?? undefined },
    selection.get('items') ?? NOTHING,
    selection.has('total'),
  );
}
