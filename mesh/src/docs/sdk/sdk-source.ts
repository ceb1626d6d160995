// The generated part of the TypeScript SDK: what every operation takes and answers, as types, and where it is, as a table.
import { bodySchema } from '@portico/contracts/events/body-schema';
import { WEBHOOK_EVENTS } from '@portico/contracts/events/event-shape';
import type { JsonSchema } from '../../rest/declare/fields.ts';
import type { Route } from '../../rest/declare/route.ts';
import type { ContractVersion } from '../../rest/declare/version.ts';
import { describeResources, resourcesOf } from '../describe-resources.ts';
import { openapiDocument } from '../openapi.ts';
import { member, objectType, typeOfSchema } from './type-of-schema.ts';

/** Where the source for v1 is committed. */
export const sdkFile = new URL('../../../sdk/src/v1.generated.ts', import.meta.url);

type Parameter = { $ref?: string; name: string; in: string; required?: boolean; description?: string; schema: JsonSchema };
type Operation = {
  summary: string;
  parameters?: Parameter[];
  requestBody?: { required: boolean; content: { 'application/json': { schema: JsonSchema } } };
};
type Document = {
  paths: Record<string, { parameters?: Parameter[] } & Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema>; parameters: Record<string, Parameter> };
};

export function sdkSource(contract: ContractVersion): string {
  const document = openapiDocument(contract) as Document;
  const { Meta = {}, Pagination = {} } = document.components.schemas;
  const operations = contract.routes.map((route) => operationOf(document, route));
  const table = contract.routes.map(({ operationId, method, path }) => `  ${operationId}: ['${method}', '${path}'],`);
  return `// Made from the declarations of version ${contract.version} by \`npm run generate\`.

export const PREFIX = '${contract.prefix}';

${resourceTypes(contract)}
export type Meta = ${typeOfSchema(Meta)};
export type Pagination = ${typeOfSchema(Pagination)};
/** An answer with one resource, and one with some of a list. */
export type One<Data> = { data: Data; meta: Meta };
export type Many<Data> = { data: Data[]; pagination: Pagination; meta: Meta };

/** What each operation is given, path parameters beside those of the query, and what it answers. */
export type Operations = ${objectType(operations)};

/** Method and path of each operation. */
export const OPERATIONS = {
${table.join('\n')}
} as const satisfies Record<keyof Operations, readonly [method: string, path: string]>;

/** What a webhook of body version 1 receives. */
export type WebhookEvent =
${[...WEBHOOK_EVENTS.keys()].map((name) => `  | ${typeOfSchema(bodySchema(name, '1'))}`).join('\n')};
`;
}

/** What is answered by default is there; joins are when they were asked for. */
function resourceTypes({ routes }: ContractVersion): string {
  const schemas = describeResources(routes) as Record<string, JsonSchema>;
  return [...resourcesOf(routes)]
    .map(([name, { byDefault }]) => `export type ${name} = ${typeOfSchema({ ...schemas[name], required: byDefault })};\n`)
    .join('');
}

function operationOf({ paths, components }: Document, route: Route): string {
  const item = paths[route.path];
  const operation = item?.[route.method.toLowerCase()];
  if (operation === undefined) throw new Error(`The OpenAPI document has no ${route.operationId}.`);
  const all = [...(item?.parameters ?? []), ...(operation.parameters ?? [])].map(resolved);
  const given = all
    .filter((parameter) => parameter.in !== 'header')
    .map(({ name, required = false, description, schema }) => member(name, typeOfSchema(schema), { required, description }));
  if (new Set(all.map(({ name }) => name)).size < all.length) throw new Error(`Two parameters of ${route.operationId} have one name.`);
  const body = operation.requestBody;
  if (body !== undefined) given.push(member('body', typeOfSchema(body.content['application/json'].schema), { required: body.required }));
  const types = [member('given', objectType(given), { required: true }), member('answer', answerOf(route), { required: true })];
  return member(route.operationId, objectType(types), { required: true, description: `${operation.summary}.` });

  function resolved(parameter: Parameter): Parameter {
    return components.parameters[parameter.$ref?.split('/').at(-1) ?? ''] ?? parameter;
  }
}

function answerOf(route: Route): string {
  if (route.kind === 'custom') return `One<${typeOfSchema(route.answerSchema)}>`;
  if (route.kind === 'list') return `Many<${route.resource.name}>`;
  return route.kind === 'write' && route.status === 204 ? 'undefined' : `One<${route.resource.name}>`;
}
