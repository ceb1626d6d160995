import { notFound } from '@portico/contracts/errors';
import { LRUCache } from 'lru-cache';
import type { Shown } from '../../cache/response-cache.ts';
import { contentTag, versionTag } from '../answer/entity-tag.ts';
import type { Source } from '../declare/fields.ts';
import type { ItemRoute } from '../declare/route.ts';
import { SELECTION_PARAMETERS } from '../query/list-query.ts';
import { parseQueryString } from '../query/query-string.ts';
import { callerOf, type Endpoint, type RestRequest } from '../rest-request.ts';
import { itemOperation, type Operation, RESULT } from '../selection/operation.ts';
import { parseSelection } from '../selection/selection-tree.ts';
import { createOperations } from './operations.ts';
import { readAnswer } from './read-answer.ts';
import { ask, requireScopes, type Serving } from './serving.ts';

const QUERIES_MAX = 200;

export function serveItem(serving: Serving, route: ItemRoute): Endpoint {
  const operations = createOperations(serving, (tree) => itemOperation(serving, route, tree));
  operations.warm(parseSelection(route.resource, undefined, undefined));
  const plans = new LRUCache<string, Operation>({ max: QUERIES_MAX });

  function operationOf(query: string): Operation {
    let operation = plans.get(query);
    if (operation === undefined) {
      const given = parseQueryString(query, SELECTION_PARAMETERS);
      operation = operations.of(parseSelection(route.resource, given.get('fields'), given.get('expand')));
      plans.set(query, operation);
    }
    return operation;
  }

  async function produce(request: RestRequest, operation: Operation): Promise<Shown> {
    const id = request.params[route.param] ?? '';
    const found = (await ask<Record<string, Source | null>>(serving, operation.document, { id }, callerOf(request)))[RESULT];
    if (found === null || found === undefined) throw notFound(route.what, id);
    const data = JSON.stringify(operation.write(found));
    return { data, rest: '', etag: typeof found.version === 'number' ? versionTag(found.version, data) : contentTag(data) };
  }

  return {
    operationId: route.operationId,
    access: { scopes: route.scopes },
    serve(request) {
      const operation = operationOf(request.query);
      requireScopes(callerOf(request), operation.scopes);
      return readAnswer(serving, request, () => produce(request, operation), { changing: route.changing });
    },
  };
}
