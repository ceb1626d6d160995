// One declaration per route. Parsing, the graph operation, scopes, examples and the OpenAPI document are all derived from it.
import type { ErrorCode } from '@portico/contracts/errors';
import type { ResourceScope } from '@portico/contracts/scopes';
import type { RateLimit } from '@portico/contracts/tiers';
import type { z } from 'zod';
import type { CompiledSelection } from '../selection/compile-selection.ts';
import type { Deprecation } from './deprecation.ts';
import type { Parameter } from './parameters.ts';
import type { Resource } from './resource.ts';

export type PathParams = Readonly<Record<string, string>>;
export type GraphVariables = Readonly<Record<string, unknown>>;
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

type RouteBase = {
  readonly method: Method;
  /** Under the version's prefix: `/orders/{orderId}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** All of them are needed. */
  readonly scopes: readonly ResourceScope[];
  /** Beside those that every route can answer with. */
  readonly errors?: readonly ErrorCode[];
  /** What one credential may ask of it in live mode, beside its quota and burst; DEFAULT_ROUTE_LIMIT otherwise. */
  readonly limit?: RateLimit;
  /** What it shows changes by itself, without a write of the tenant: no answer is kept in the response cache. */
  readonly changing?: true;
  readonly deprecated?: Deprecation;
};

export const DEFAULT_ROUTE_LIMIT: RateLimit = { limit: 300, windowSeconds: 60 };

export type ListRoute = RouteBase & {
  readonly kind: 'list';
  readonly method: 'GET';
  readonly resource: Resource;
  readonly graph: { readonly field: string; readonly filterType: string; readonly sortType: string };
  readonly filters: Readonly<Record<string, Parameter>>;
  /** Public sort key → field of the graph's sort. */
  readonly sorts: Readonly<Record<string, string>>;
  /** It is walked by cursor, and not by page beside that. */
  readonly cursorOnly?: true;
  /** The parent in the path: its list of children is 404 when it is not there. */
  readonly parent?: { readonly param: string; readonly graph: string; readonly filter: string; readonly what: string };
};

export type ItemRoute = RouteBase & {
  readonly kind: 'item';
  readonly method: 'GET';
  readonly resource: Resource;
  readonly graph: { readonly field: string; readonly argument: string; readonly type: string };
  readonly param: string;
  /** The word for it in NOT_FOUND. */
  readonly what: string;
};

export type WriteInput = {
  readonly path: PathParams;
  readonly body: unknown;
  readonly expectedVersion: number | undefined;
  /** Of the contract that was asked. */
  readonly apiVersion: string;
};

export type WriteRoute = RouteBase & {
  readonly kind: 'write';
  readonly resource: Resource;
  /** The mutation and the types of its arguments; each argument is a variable of the same name. */
  readonly graph: { readonly field: string; readonly arguments: Readonly<Record<string, string>> };
  readonly body?: z.ZodType;
  readonly bodyExample?: unknown;
  /** A request without a body is one with an empty object. */
  readonly bodyOptional?: true;
  variables(input: WriteInput): GraphVariables;
  readonly status: 200 | 201 | 204;
  /** Where a created resource is under the version's prefix, from its id. Undefined: nothing was created, and the status is 200. */
  location?(answer: Readonly<Record<string, unknown>>): string | undefined;
  /** What is answered then. */
  readonly notCreated?: string;
  /** Its answer shows a secret once, or what is made with one: it is not kept for the idempotency key. A repeat runs again, with the first one's seed. */
  readonly showsSecret?: true;
  /** Code for an idempotency key that was used for another request, and the name under which its details show the first answer's id. */
  readonly duplicate?: { readonly code: ErrorCode; readonly detail: string };
};

/** A route whose answer is neither one list nor one resource. It can ask the graph and nothing else. */
export type CustomRoute = RouteBase & {
  readonly kind: 'custom';
  readonly method: 'GET';
  readonly parameters: Readonly<Record<string, Parameter & { required?: boolean }>>;
  /** The resources in its answer, and what is shown of them. */
  readonly shows?: Readonly<Record<string, Showing>>;
  readonly answerSchema: Readonly<Record<string, unknown>>;
  /** Made of examples of what it shows. */
  example(shown: Readonly<Record<string, unknown>>): unknown;
  run(request: CustomRequest): Promise<unknown>;
};

export type Showing = {
  readonly resource: Resource;
  /** As of a request; all that comes by default otherwise. */
  readonly fields?: string;
  readonly expand?: string;
};

export type CustomRequest = {
  readonly path: PathParams;
  readonly query: Readonly<Record<string, unknown>>;
  readonly scopes: ReadonlySet<string>;
  /** What the route shows, by the name it gave. Throws for another one. */
  shown(name: string): CompiledSelection;
  /** Runs a document on behalf of the caller and answers its data. The text is made of the declaration alone, never of what a request brings: it is kept. */
  ask<Data>(document: string, variables: GraphVariables): Promise<Data>;
};

export type Route = ListRoute | ItemRoute | WriteRoute | CustomRoute;

export function defineRoute<Declared extends Route>(route: Declared): Declared {
  return route;
}
