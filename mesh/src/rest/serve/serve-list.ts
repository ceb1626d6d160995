import { notFound } from '@portico/contracts/errors';
import { LRUCache } from 'lru-cache';
import type { Shown } from '../../cache/response-cache.ts';
import { contentTag } from '../answer/entity-tag.ts';
import { cursorLinks, pageLinks } from '../answer/links.ts';
import type { Source } from '../declare/fields.ts';
import type { ListRoute } from '../declare/route.ts';
import { type ListQuery, parseListQuery } from '../query/list-query.ts';
import { callerOf, type Endpoint, type RestRequest } from '../rest-request.ts';
import { listOperation, type Operation, PARENT, RESULT } from '../selection/operation.ts';
import { parseSelection } from '../selection/selection-tree.ts';
import { createOperations } from './operations.ts';
import { readAnswer } from './read-answer.ts';
import { ask, requireScopes, type Serving } from './serving.ts';

type Page = { items: Source[]; total?: number; nextCursor?: string | null; prevCursor?: string | null };
type Plan = { query: ListQuery; operation: Operation };

const QUERIES_MAX = 500;

export function serveList(serving: Serving, route: ListRoute): Endpoint {
  const operations = createOperations(serving, (tree, variant) => listOperation(serving, route, tree, variant === 'cursor'));
  operations.warm(parseSelection(route.resource, undefined, undefined), route.cursorOnly ? 'cursor' : 'page');
  // The same query comes again and again; what was read from it does not depend on who asks.
  const plans = new LRUCache<string, Plan>({ max: QUERIES_MAX });

  function planOf(text: string): Plan {
    let plan = plans.get(text);
    if (plan === undefined) {
      const query = parseListQuery(route, text);
      const tree = parseSelection(route.resource, query.fields, query.expand);
      plan = { query, operation: operations.of(tree, query.paging.kind) };
      plans.set(text, plan);
    }
    return plan;
  }

  async function produce(request: RestRequest, { query, operation }: Plan): Promise<Shown> {
    const data = await ask<Record<string, Page | null>>(serving, operation.document, variablesOf(route, request, query), callerOf(request));
    if (route.parent !== undefined && data[PARENT] === null) throw notFound(route.parent.what, request.params[route.parent.param] ?? '');
    const page = data[RESULT] as Page;
    const shown = JSON.stringify(page.items.map(operation.write));
    const { rest, link } = paginate(serving, request, query, page);
    return { data: shown, rest, link, etag: contentTag(shown + rest) };
  }

  return {
    operationId: route.operationId,
    access: { scopes: route.scopes },
    serve(request) {
      const plan = planOf(request.query);
      requireScopes(callerOf(request), plan.operation.scopes);
      return readAnswer(serving, request, () => produce(request, plan), { changing: route.changing });
    },
  };
}

function variablesOf({ parent }: ListRoute, { params }: RestRequest, { variables }: ListQuery): Readonly<Record<string, unknown>> {
  if (parent === undefined) return variables;
  const id = params[parent.param];
  return { ...variables, filter: { ...variables.filter, [parent.filter]: [id] }, parent: id };
}

function paginate(
  { contract }: Serving,
  { path, query: text }: RestRequest,
  { paging }: ListQuery,
  page: Page,
): { rest: string; link: string } {
  if (paging.kind === 'cursor') {
    const { nextCursor = null, prevCursor = null } = page;
    const { name } = contract.conventions;
    const pagination = JSON.stringify({ [name('nextCursor')]: nextCursor, [name('prevCursor')]: prevCursor, limit: paging.limit });
    return { rest: `,"pagination":${pagination}`, link: cursorLinks(path, text, { next: nextCursor, prev: prevCursor }) };
  }
  const total = page.total ?? 0;
  const totalPages = Math.ceil(total / paging.perPage);
  return {
    rest: `,"pagination":{"page":${paging.page},"perPage":${paging.perPage},"total":${total},"totalPages":${totalPages}}`,
    link: pageLinks(path, text, { page: paging.page, totalPages }),
  };
}
