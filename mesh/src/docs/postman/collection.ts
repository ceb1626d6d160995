// The Postman collection of a version (format 2.1), made from the same examples as the code samples. It signs by itself.
import { readFileSync } from 'node:fs';
import type { ContractVersion } from '../../rest/declare/version.ts';
import { type ExampleRequest, exampleRequests } from '../samples/example-request.ts';

const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';
const scriptOf = (name: string): readonly string[] =>
  readFileSync(new URL(name, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
const EVENTS = [
  { listen: 'prerequest', script: { type: 'text/javascript', exec: scriptOf('sign-request.js') } },
  { listen: 'test', script: { type: 'text/javascript', exec: scriptOf('keep-id.js') } },
];

type Variable = { readonly key: string; readonly value: string; readonly type?: 'string' };
type Header = { readonly key: string; readonly value: string };

export function postmanPath({ prefix }: Pick<ContractVersion, 'prefix'>): string {
  return `${prefix}/postman.json`;
}

/** As it is served. */
export function postmanText(contract: ContractVersion): string {
  return `${JSON.stringify(postmanCollection(contract), null, 2)}\n`;
}

export function postmanCollection(contract: ContractVersion): Record<string, unknown> {
  const requests = exampleRequests(contract);
  const ids = idsOf(requests);
  return {
    info: { name: `Portico API v${contract.version}`, description: DESCRIPTION, schema: SCHEMA },
    auth: { type: 'noauth' },
    event: EVENTS,
    variable: [...CREDENTIALS, ...ids],
    item: [...Map.groupBy(requests, ({ tag }) => tag)].map(([name, group]) => ({
      name,
      item: group.map((request) => itemOf(request, ids)),
    })),
  };
}

const DESCRIPTION = `Set the variables \`baseUrl\`, \`key\` and \`secret\` of the collection, or of an environment, and send. A script signs every request before it goes out.

\`clientId\` and \`clientSecret\` are for the requests under Access tokens. Ids are variables too. Those that stand there are examples; what you create takes their place.`;

const CREDENTIALS: readonly Variable[] = [
  { key: 'baseUrl', value: 'http://localhost:4000', type: 'string' },
  ...['key', 'secret', 'clientId', 'clientSecret'].map((key): Variable => ({ key, value: '', type: 'string' })),
];

/** Every path parameter once. */
function idsOf(requests: readonly ExampleRequest[]): Variable[] {
  const found = new Map(requests.flatMap(({ params }) => Object.entries(params)));
  return [...found].map(([key, value]) => ({ key, value, type: 'string' }));
}

function itemOf(request: ExampleRequest, ids: readonly Variable[]): unknown {
  const { method, summary, description = summary, body } = request;
  return {
    name: summary,
    request: {
      method,
      description,
      header: headersOf(request),
      url: urlOf(request),
      ...(body === undefined ? {} : { body: bodyOf(body, ids) }),
      ...(request.proof === 'client' ? { auth: BASIC } : {}),
    },
    response: [],
  };
}

const BASIC = {
  type: 'basic',
  basic: [
    { key: 'username', value: '{{clientId}}', type: 'string' },
    { key: 'password', value: '{{clientSecret}}', type: 'string' },
  ],
};

/** The key marks the requests that the script signs. */
function headersOf({ proof, body, once }: ExampleRequest): Header[] {
  return [
    ...(proof === 'key' ? [{ key: 'X-API-Key', value: '{{key}}' }] : []),
    ...(body?.kind === 'json' ? [{ key: 'Content-Type', value: 'application/json' }] : []),
    ...(once ? [{ key: 'Idempotency-Key', value: '{{$guid}}' }] : []),
  ];
}

function urlOf({ path, query }: ExampleRequest): unknown {
  const withVariables = path.replaceAll(/\{(\w+)\}/g, '{{$1}}');
  const parameters = Object.entries(query).map(([key, value]) => ({ key, value }));
  const search = parameters.map(({ key, value }) => `${key}=${value}`).join('&');
  return {
    raw: `{{baseUrl}}${withVariables}${search === '' ? '' : `?${search}`}`,
    host: ['{{baseUrl}}'],
    path: withVariables.slice(1).split('/'),
    ...(parameters.length === 0 ? {} : { query: parameters }),
  };
}

/** Ids in it are variables, as in paths. */
function bodyOf(body: NonNullable<ExampleRequest['body']>, ids: readonly Variable[]): unknown {
  if (body.kind === 'form') return { mode: 'urlencoded', urlencoded: Object.entries(body.fields).map(([key, value]) => ({ key, value })) };
  const names = new Map(ids.map(({ key, value }) => [value, key]));
  const withVariables = (_: string, value: unknown): unknown => {
    const name = typeof value === 'string' ? names.get(value) : undefined;
    return name === undefined ? value : `{{${name}}}`;
  };
  return { mode: 'raw', raw: JSON.stringify(body.value, withVariables, 2), options: { raw: { language: 'json' } } };
}
