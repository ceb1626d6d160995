import { AppError } from '@portico/contracts/errors';
import { type Answer, jsonAnswer } from '../answer/answer.ts';
import { expectedVersion, versionTag } from '../answer/entity-tag.ts';
import type { Source } from '../declare/fields.ts';
import type { WriteRoute } from '../declare/route.ts';
import { parseBody, parseJson } from '../query/body.ts';
import { SELECTION_PARAMETERS } from '../query/list-query.ts';
import { parseQueryString } from '../query/query-string.ts';
import { callerOf, type Endpoint, headerOf, type RestRequest } from '../rest-request.ts';
import { type Operation, RESULT, writeOperation } from '../selection/operation.ts';
import { parseSelection } from '../selection/selection-tree.ts';
import { createOperations } from './operations.ts';
import { ask, type Serving } from './serving.ts';

export function serveWrite(serving: Serving, route: WriteRoute): Endpoint {
  const operations = createOperations(serving, (tree) => writeOperation(serving, route, tree));
  const { version: apiVersion } = serving.contract;
  const byDefault = operations.warm(parseSelection(route.resource, undefined, undefined));

  function bodyOf({ body }: RestRequest): unknown {
    if (route.body === undefined) return undefined;
    if (body.length === 0 && route.bodyOptional === true) return parseBody(route.body, {});
    if (body.length === 0) throw new AppError('VALIDATION_ERROR', 'The request needs a JSON body.', { details: { body: 'It is empty.' } });
    return parseBody(route.body, parseJson(body));
  }

  /** Asked for the scopes first, and again to serve. */
  const chosen = new WeakMap<RestRequest, Operation>();

  function operationOf(request: RestRequest): Operation {
    if (request.query === '') return byDefault;
    const operation = chosen.get(request) ?? selectedBy(request);
    chosen.set(request, operation);
    return operation;
  }

  function selectedBy({ query }: RestRequest): Operation {
    const given = parseQueryString(query, route.status === 204 ? [] : SELECTION_PARAMETERS);
    return given.size === 0 ? byDefault : operations.of(parseSelection(route.resource, given.get('fields'), given.get('expand')));
  }

  return {
    operationId: route.operationId,
    access: { scopes: route.scopes },
    selectedScopes: (request) => operationOf(request).scopes,
    idempotent: route.method === 'POST' || route.method === 'PATCH',
    takesBody: route.body !== undefined,
    duplicate: route.duplicate,
    showsSecret: route.showsSecret,
    async serve(request) {
      const operation = operationOf(request);
      const caller = callerOf(request);
      const version = route.method === 'POST' ? undefined : expectedVersion(headerOf(request, 'if-match'));
      const variables = route.variables({ path: request.params, body: bodyOf(request), expectedVersion: version, apiVersion });
      const changed = (await ask<Record<string, Source>>(serving, operation.document, variables, caller))[RESULT];
      if (changed === undefined) throw new Error(`${route.operationId} answered nothing.`);
      return writeAnswer(serving, route, request, { changed, data: JSON.stringify(operation.write(changed)) });
    },
  };
}

type Written = { readonly changed: Source; readonly data: string };

function writeAnswer({ contract, envelope }: Serving, route: WriteRoute, request: RestRequest, { changed, data }: Written): Answer {
  if (route.status === 204) return { status: 204, headers: {}, body: undefined };
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  if (typeof changed.version === 'number') headers.etag = versionTag(changed.version, data);
  const location = route.location?.(changed);
  if (location !== undefined) headers.location = contract.prefix + location;
  const status = route.location !== undefined && location === undefined ? 200 : route.status;
  return jsonAnswer(status, envelope.around(data, request.requestId), headers);
}
