// A request that stands as an example: what the code samples and the Postman collection are made from.
import { EXAMPLE } from '../../contracts/v1/examples.ts';
import type { PlatformOperation } from '../../rest/declare/platform-operation.ts';
import type { Route } from '../../rest/declare/route.ts';
import type { ContractVersion } from '../../rest/declare/version.ts';
import { PLATFORM_OPERATIONS } from '../describe-platform.ts';

export type ExampleBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'form'; readonly fields: Readonly<Record<string, string>> };

export type ExampleRequest = {
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string | undefined;
  readonly method: string;
  /** From the host on: `/api/v1/orders/{orderId}`. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  /** What it cannot do without. */
  readonly query: Readonly<Record<string, string>>;
  readonly body: ExampleBody | undefined;
  /** What it is proved by: the signature of a key, an OAuth client's secret, or nothing. */
  readonly proof: 'key' | 'client' | 'nothing';
  /** Whether it takes an idempotency key. */
  readonly once: boolean;
};

/** One for every operation of the version's OpenAPI document. */
export function exampleRequests(contract: ContractVersion): readonly ExampleRequest[] {
  return [...contract.routes.map((route) => requestOfRoute(contract, route)), ...PLATFORM_OPERATIONS.map(requestOfPlatform)];
}

export function requestOfRoute({ prefix }: Pick<ContractVersion, 'prefix'>, route: Route): ExampleRequest {
  const { operationId, tag, summary, description, method } = route;
  const params = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, exampleOfParam(name)]);
  const required = route.kind === 'custom' ? Object.entries(route.parameters).filter(([, { required }]) => required === true) : [];
  return {
    ...{ operationId, tag, summary, description, method },
    path: prefix + route.path,
    params: Object.fromEntries(params),
    query: Object.fromEntries(required.map(([name]) => [name, SEARCHED])),
    body: route.kind === 'write' && route.bodyExample !== undefined ? { kind: 'json', value: route.bodyExample } : undefined,
    proof: 'key',
    once: method === 'POST' || method === 'PATCH',
  };
}

export function requestOfPlatform({ operationId, tag, summary, description, method, path, form }: PlatformOperation): ExampleRequest {
  // The client proves itself by `Authorization: Basic`.
  const { client_id: _id, client_secret: _secret, ...fields } = form?.example ?? {};
  return {
    ...{ operationId, tag, summary, description, method, path },
    params: {},
    query: {},
    body: form === undefined ? undefined : { kind: 'form', fields },
    proof: form === undefined ? 'nothing' : 'client',
    once: false,
  };
}

/** Path and query as they are sent and signed. */
export function targetOf({ path, params, query }: ExampleRequest): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams(query).toString();
  return search === '' ? filled : `${filled}?${search}`;
}

const SEARCHED = 'mug';
const EXAMPLES: Readonly<Record<string, string>> = EXAMPLE;

/** `orderId`, and `order_id` where a version calls it that. */
function exampleOfParam(name: string): string {
  const found = EXAMPLES[name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())];
  if (found === undefined) throw new Error(`There is no example for the path parameter ${name}.`);
  return found;
}
