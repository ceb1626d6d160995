import { invalid } from '@portico/contracts/errors';
import type { ListRoute } from '../declare/route.ts';
import { unknownName } from '../selection/selection-tree.ts';
import { parseQueryString } from './query-string.ts';

const PER_PAGE_DEFAULT = 20;
const PER_PAGE_MAX = 100;
/** Resources that pages reach; a cursor reaches all. */
const PAGED_MAX = 1_000_000;
const SORT_KEYS_MAX = 3;

export const SELECTION_PARAMETERS = ['fields', 'expand'] as const;
const WALK_PARAMETERS = ['cursor', 'limit', 'sort', 'order', ...SELECTION_PARAMETERS] as const;
const LIST_PARAMETERS = ['page', 'perPage', ...WALK_PARAMETERS] as const;

export type ListPaging =
  | { readonly kind: 'page'; readonly page: number; readonly perPage: number }
  | { readonly kind: 'cursor'; readonly limit: number };

export type ListQuery = {
  readonly paging: ListPaging;
  readonly variables: {
    readonly filter: Readonly<Record<string, unknown>>;
    readonly sort: readonly { field: string; direction: 'asc' | 'desc' }[];
    readonly page: { number?: number; size: number; cursor?: string };
  };
  readonly fields: string | undefined;
  readonly expand: string | undefined;
};

/** Parameters that a list takes beside its filters. */
export function listParameters({ cursorOnly }: ListRoute): readonly (typeof LIST_PARAMETERS)[number][] {
  return cursorOnly === true ? WALK_PARAMETERS : LIST_PARAMETERS;
}

/** Reads a list's query. VALIDATION_ERROR names every parameter that is wrong, at once. */
export function parseListQuery(route: ListRoute, text: string): ListQuery {
  const given = parseQueryString(text, [...listParameters(route), ...Object.keys(route.filters)]);
  const problems: Record<string, string> = {};
  const filter: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(route.filters)) {
    const value = given.get(name);
    if (value === undefined) continue;
    const parsed = parameter.parse(value);
    if ('problem' in parsed) problems[name] = parsed.problem;
    else filter[parameter.graph] = parsed.value;
  }
  const paging = readPaging(route, given, problems);
  const sort = readSort(route, given, problems);
  if (Object.keys(problems).length > 0) throw invalid(problems);
  const page = paging.kind === 'page' ? { number: paging.page, size: paging.perPage } : { size: paging.limit, ...cursorOf(given) };
  return { paging, variables: { filter, sort, page }, fields: given.get('fields'), expand: given.get('expand') };
}

function cursorOf(given: ReadonlyMap<string, string>): { cursor?: string } {
  const cursor = given.get('cursor');
  return cursor === undefined || cursor === '' ? {} : { cursor };
}

function readPaging({ cursorOnly }: ListRoute, given: ReadonlyMap<string, string>, problems: Record<string, string>): ListPaging {
  const byCursor = cursorOnly === true || given.has('cursor') || given.has('limit');
  if (byCursor) {
    for (const name of ['page', 'perPage'])
      if (given.has(name)) problems[name] = 'A list is walked by page and perPage or by cursor and limit, not both.';
    return { kind: 'cursor', limit: readCount(given, 'limit', PER_PAGE_DEFAULT, PER_PAGE_MAX, problems) };
  }
  const perPage = readCount(given, 'perPage', PER_PAGE_DEFAULT, PER_PAGE_MAX, problems);
  const pagesMax = Math.floor(PAGED_MAX / perPage);
  return { kind: 'page', perPage, page: readCount(given, 'page', 1, pagesMax, problems) };
}

function readCount(
  given: ReadonlyMap<string, string>,
  name: string,
  absent: number,
  max: number,
  problems: Record<string, string>,
): number {
  const text = given.get(name);
  if (text === undefined) return absent;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > max) problems[name] = `It must be a whole number from 1 to ${max}.`;
  return Math.min(max, Math.max(1, count));
}

function readSort(
  route: ListRoute,
  given: ReadonlyMap<string, string>,
  problems: Record<string, string>,
): { field: string; direction: 'asc' | 'desc' }[] {
  const [keys, orders] = [listIn(given, 'sort'), listIn(given, 'order')];
  if (keys === undefined) {
    if (orders === undefined) return [];
    const [order = '', ...rest] = orders;
    if (rest.length > 0 || !isDirection(order)) problems.order = 'It must be asc or desc.';
    return [{ field: 'createdAt', direction: order === 'asc' ? 'asc' : 'desc' }];
  }
  const allowed = Object.keys(route.sorts);
  const unknown = keys.find((key) => !Object.hasOwn(route.sorts, key));
  if (unknown !== undefined) problems.sort = unknownName(unknown, unknown, allowed);
  else if (keys.length > SORT_KEYS_MAX || new Set(keys).size < keys.length) problems.sort = `At most ${SORT_KEYS_MAX} keys, each once.`;
  if (orders !== undefined && (orders.length > keys.length || !orders.every(isDirection)))
    problems.order = 'It must be asc or desc for each sort key.';
  return keys.map((key, i) => {
    // Without a word of its own a key follows the first one; alone, dates are wanted newest first and all else from the beginning.
    const field = (Object.hasOwn(route.sorts, key) ? route.sorts[key] : undefined) ?? key;
    const order = orders?.[i] ?? orders?.[0] ?? (field.endsWith('At') ? 'desc' : 'asc');
    return { field, direction: order === 'desc' ? 'desc' : 'asc' };
  });
}

function listIn(given: ReadonlyMap<string, string>, name: string): string[] | undefined {
  return given
    .get(name)
    ?.split(',')
    .map((part) => part.trim());
}

function isDirection(text: string): boolean {
  return text === 'asc' || text === 'desc';
}
