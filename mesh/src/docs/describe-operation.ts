import { z } from 'zod';
import type { Deprecation } from '../rest/declare/deprecation.ts';
import type { Parameter } from '../rest/declare/parameters.ts';
import { type CustomRoute, DEFAULT_ROUTE_LIMIT, type ListRoute, type Route, type WriteRoute } from '../rest/declare/route.ts';
import type { ContractVersion, Conventions } from '../rest/declare/version.ts';
import { describePaging, exampleMeta, examplePagination } from './describe-envelope.ts';
import { describeErrors } from './describe-errors.ts';
import { CACHE_HEADERS, DEPRECATION_HEADERS, header, RATE_LIMIT_HEADERS } from './describe-headers.ts';
import { exampleOf } from './describe-resources.ts';
import { securityOf } from './describe-security.ts';

const JSON_MEDIA = 'application/json';
const REPLAYED = 'The first answer to this `Idempotency-Key` again.';

/** One operation of the OpenAPI document. */
export function describeOperation({ conventions, deprecated: ofVersion }: ContractVersion, route: Route): Record<string, unknown> {
  const deprecated = route.deprecated ?? ofVersion;
  const scopes =
    route.scopes.length === 0 ? 'the read scope of each kind that is searched' : route.scopes.map((scope) => `\`${scope}\``).join(' and ');
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, `Needs ${scopes}. ${limitOf(route)}`, deprecated && endOf(deprecated)]
      .filter((text) => text !== undefined)
      .join('\n\n'),
    security: securityOf(route.scopes),
    ...(deprecated === undefined ? {} : { deprecated: true }),
    ...parametersOf(route, conventions),
    ...requestBodyOf(route),
    responses: { ...successOf(route, conventions, deprecated), ...describeErrors(route, conventions.error, deprecated) },
  };
}

function endOf({ since, sunset, successor }: Deprecation): string {
  return `Deprecated since ${since}; ends on ${sunset}.${successor === undefined ? '' : ` Use \`${successor}\`.`}`;
}

function limitOf({ limit: { limit, windowSeconds } = DEFAULT_ROUTE_LIMIT }: Route): string {
  return `At most ${limit} requests in ${windowSeconds} seconds.`;
}

function parametersOf(route: Route, conventions: Conventions): { parameters?: unknown[] } {
  const parameters: unknown[] = [];
  if (route.kind === 'list') parameters.push(...walkParameters(route, conventions));
  if (route.kind === 'custom')
    for (const [name, parameter] of Object.entries(route.parameters)) parameters.push(queryParameter(name, parameter, parameter.required));
  if (route.kind !== 'custom' && !(route.kind === 'write' && route.status === 204))
    parameters.push(fieldsParameter(route), shared('expand'));
  if (route.method === 'GET') parameters.push(shared('ifNoneMatch'));
  if (route.method === 'POST' || route.method === 'PATCH') parameters.push(shared('idempotencyKey'));
  if (route.kind === 'write' && 'expectedVersion' in route.graph.arguments) parameters.push(shared('ifMatch'));
  return parameters.length === 0 ? {} : { parameters };
}

function shared(name: string): unknown {
  return { $ref: `#/components/parameters/${name}` };
}

function walkParameters(route: ListRoute, conventions: Conventions): unknown[] {
  const sort = {
    name: 'sort',
    in: 'query',
    description: `Sort keys, comma-separated: ${Object.keys(route.sorts).join(', ')}. By default ${conventions.name('createdAt')}, newest first.`,
    schema: { type: 'string' },
  };
  return [
    ...Object.keys(describePaging(conventions)).map(shared),
    ...Object.entries(route.filters).map(([name, filter]) => queryParameter(name, filter)),
    sort,
    shared('order'),
  ];
}

function queryParameter(name: string, { description, schema, many }: Parameter, required = false): unknown {
  return { name, in: 'query', description, schema, ...(required ? { required } : {}), ...(many ? { style: 'form', explode: false } : {}) };
}

function fieldsParameter(route: Exclude<Route, CustomRoute>): unknown {
  const names = [...route.resource.fields.keys()];
  return {
    name: 'fields',
    in: 'query',
    description: `Fields to answer with, comma-separated, nested by dots: ${names.join(', ')}.`,
    schema: { type: 'string', examples: [route.resource.byDefault.slice(0, 3).join(',')] },
  };
}

function requestBodyOf(route: Route): { requestBody?: unknown } {
  if (route.kind !== 'write' || route.body === undefined) return {};
  const schema = z.toJSONSchema(route.body, { target: 'draft-2020-12', io: 'input' });
  delete schema.$schema;
  return { requestBody: { required: route.bodyOptional !== true, content: { [JSON_MEDIA]: { schema, example: route.bodyExample } } } };
}

function successOf(route: Route, conventions: Conventions, deprecated: Deprecation | undefined): Record<string, unknown> {
  const headers: Record<string, unknown> = {
    'X-Request-Id': header('RequestId'),
    'X-API-Version': header('ApiVersion'),
    ...RATE_LIMIT_HEADERS,
    ...(deprecated === undefined ? {} : DEPRECATION_HEADERS),
  };
  const content = contentOf(route, conventions);
  if (route.kind === 'write') return successOfWrite(route, headers, content);
  Object.assign(headers, { ETag: header('ETag') }, CACHE_HEADERS);
  if (route.kind === 'list') headers.Link = header('Link');
  return {
    200: { description: descriptionOf(route), headers, content },
    304: { description: 'Nothing changed since the ETag of `If-None-Match`.', headers },
  };
}

function successOfWrite(route: WriteRoute, headers: Record<string, unknown>, content: unknown): Record<string, unknown> {
  if (route.status === 204) return { 204: { description: 'Done; there is nothing to show.', headers } };
  if (route.resource.versioned) headers.ETag = header('ETag');
  if (route.location !== undefined) headers.Location = header('Location');
  const first = { description: descriptionOf(route), headers, content };
  const isRepeated = (route.method === 'POST' || route.method === 'PATCH') && route.showsSecret !== true;
  if (!isRepeated) return { [route.status]: first };
  const replayed = { ...headers, 'Idempotent-Replayed': header('IdempotentReplayed') };
  if (route.status === 200) return { 200: { ...first, headers: replayed } };
  const description = route.notCreated === undefined ? REPLAYED : `${route.notCreated} Or: ${REPLAYED}`;
  return { [route.status]: first, 200: { description, headers: replayed, content } };
}

function contentOf(route: Route, conventions: Conventions): unknown {
  return { [JSON_MEDIA]: { schema: schemaOf(route), example: answerExample(route, conventions) } };
}

function descriptionOf(route: Route): string {
  if (route.kind === 'list') return 'A page of the list.';
  return route.kind === 'write' && route.status === 201 ? 'It was created.' : 'The resource.';
}

function schemaOf(route: Route): unknown {
  const data = route.kind === 'custom' ? route.answerSchema : { $ref: `#/components/schemas/${route.resource.name}` };
  const list = route.kind === 'list';
  return {
    type: 'object',
    required: list ? ['data', 'pagination', 'meta'] : ['data', 'meta'],
    properties: {
      data: list ? { type: 'array', items: data } : data,
      ...(list ? { pagination: { $ref: '#/components/schemas/Pagination' } } : {}),
      meta: { $ref: '#/components/schemas/Meta' },
    },
  };
}

function answerExample(route: Route, conventions: Conventions): unknown {
  const meta = exampleMeta(conventions);
  if (route.kind === 'custom') return { data: customExample(route), meta };
  const one = exampleOf(route.resource);
  return route.kind === 'list' ? { data: [one], pagination: examplePagination(conventions), meta } : { data: one, meta };
}

function customExample({ shows = {}, example }: CustomRoute): unknown {
  const shown = Object.entries(shows).map(([name, { resource, fields }]) => [name, exampleOf(resource, fields?.split(','))]);
  return example(Object.fromEntries(shown));
}
