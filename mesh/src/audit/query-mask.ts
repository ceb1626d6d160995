// What the audit log keeps of a query: which parameters were given, and the values that can say nothing of a person because the declaration
// knows them all: numbers of pages, names of fields and sort keys, words of a fixed list.
import { LRUCache } from 'lru-cache';
import type { Parameter } from '../rest/declare/parameters.ts';
import type { Resource } from '../rest/declare/resource.ts';
import type { ListRoute, Route } from '../rest/declare/route.ts';
import { listParameters } from '../rest/query/list-query.ts';

export const MASK = '***';

type IsHarmless = (value: string) => boolean;

const QUERIES_MAX = 500;
const KEPT_LENGTH_MAX = 1_000;
const isCount: IsHarmless = (value) => /^\d{1,6}$/.test(value);

/** Masks queries of one route. Parameters that the route does not have lose their name too: anything can be written there. */
export function createQueryMask(route: Route): (query: string) => string {
  // Found out once per query text: clients ask the same again and again.
  const masked = new LRUCache<string, string>({ max: QUERIES_MAX });
  let parameters: ReadonlyMap<string, IsHarmless> | undefined;
  return (query) => {
    if (query === '') return '';
    let kept = masked.get(query);
    if (kept === undefined) {
      // Not before the first query: resources refer to each other, and are complete only when all are loaded.
      parameters ??= parametersOf(route);
      kept = maskQuery(query, parameters);
      masked.set(query, kept);
    }
    return kept;
  };
}

function maskQuery(query: string, parameters: ReadonlyMap<string, IsHarmless>): string {
  const pairs = query.split('&').filter((pair) => pair !== '');
  return pairs
    .map((pair) => {
      const equals = pair.indexOf('=');
      const name = equals < 0 ? pair : pair.slice(0, equals);
      const isHarmless = parameters.get(name);
      if (isHarmless === undefined) return MASK;
      const value = equals < 0 ? '' : pair.slice(equals + 1).replaceAll('%2C', ',');
      return `${name}=${isHarmless(value) ? value : MASK}`;
    })
    .join('&')
    .slice(0, KEPT_LENGTH_MAX);
}

function parametersOf(route: Route): ReadonlyMap<string, IsHarmless> {
  if (route.kind === 'custom') return new Map(Object.entries(route.parameters).map(([name, given]) => [name, declared(name, given)]));
  const selection = listOf(fieldNames(route.resource), /[.,]/);
  const parameters = new Map<string, IsHarmless>();
  if (route.kind === 'list') setListParameters(route, parameters);
  parameters.set('fields', selection).set('expand', selection);
  return parameters;
}

function setListParameters(route: ListRoute, parameters: Map<string, IsHarmless>): void {
  // A cursor holds values of the row it stands at.
  for (const name of listParameters(route)) parameters.set(name, name === 'cursor' ? () => false : isCount);
  parameters.set('sort', listOf(new Set(Object.keys(route.sorts)), ','));
  parameters.set('order', listOf(new Set(['asc', 'desc']), ','));
  for (const [name, filter] of Object.entries(route.filters)) parameters.set(name, declared(name, filter));
}

function declared(name: string, { schema }: Parameter): IsHarmless {
  const words = schema.enum ?? (schema.items as { enum?: unknown } | undefined)?.enum;
  if (Array.isArray(words)) return listOf(new Set(words.map(String)), ',');
  if (schema.type === 'boolean') return listOf(new Set(['true', 'false']), ',');
  return name === 'limit' ? isCount : () => false;
}

function listOf(words: ReadonlySet<string>, separator: string | RegExp): IsHarmless {
  return (value) => value.split(separator).every((word) => words.has(word));
}

/** The names of a resource's fields, and of all that can be reached from it. */
function fieldNames(resource: Resource, found = new Set<string>(), seen = new Set<Resource>()): ReadonlySet<string> {
  if (seen.has(resource)) return found;
  seen.add(resource);
  for (const [name, field] of resource.fields) {
    found.add(name);
    if (field.kind === 'object') fieldNames(field.resource(), found, seen);
  }
  return found;
}
