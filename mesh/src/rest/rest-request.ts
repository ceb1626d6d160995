import type { IncomingMessage } from 'node:http';
import type { Caller } from '@portico/contracts/caller';
import type { ErrorCode } from '@portico/contracts/errors';
import type { ResourceScope } from '@portico/contracts/scopes';
import type { RateLimit } from '@portico/contracts/tiers';
import type { Credentials } from '../access/authenticator.ts';
import type { Answer } from './answer/answer.ts';
import type { ShownLimit } from './answer/rate-limit-headers.ts';
import type { DeprecationNotice } from './declare/deprecation.ts';
import type { PathParams } from './declare/route.ts';
import type { ContractVersion } from './declare/version.ts';

/** One request on its way through the pipeline. Each step adds what it found out; what it adds is there for the steps behind it. */
export type RestRequest = {
  readonly incoming: IncomingMessage;
  readonly method: string;
  /** Path and query as they were sent. */
  readonly target: string;
  readonly path: string;
  /** Without its question mark. */
  readonly query: string;
  /** The version that the path begins with; the first one for a path of none. */
  readonly contract: ContractVersion;
  readonly requestId: string;
  /** The client's, as far as trusted proxies say so. */
  readonly remoteAddress: string;
  /** Milliseconds of the monotonic clock. */
  readonly startedAt: number;
  /** Parent of what the request leads to: the request's own span, or what came with it where nobody traces. */
  traceparent: string | undefined;
  endpoint: Endpoint | undefined;
  /** The path as it was declared: `/api/v1/orders/{orderId}`. */
  template: string | undefined;
  params: PathParams;
  body: Buffer;
  credentials: Credentials | undefined;
  caller: Caller | undefined;
  /** The limits that it was counted by; every answer to it shows them. */
  rateLimit: ShownLimit | undefined;
};

/** The methods that HTTP has. Whatever else a peer writes as its method must name neither metrics nor spans. */
export const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']);

export type BodyType = 'json' | 'form';

/** What a path answers with for one method. */
export type Endpoint = {
  readonly operationId: string;
  /** `public` needs no credentials. */
  readonly access: 'public' | { readonly scopes: readonly ResourceScope[] };
  /** What the selection of a write needs beside `access`. VALIDATION_ERROR for a selection that is none. */
  selectedScopes?(request: RestRequest): readonly ResourceScope[];
  /** Whether an `Idempotency-Key` counts; it does not unless this says so. */
  readonly idempotent?: boolean;
  /** See WriteRoute.showsSecret. */
  readonly showsSecret?: boolean | undefined;
  /** Whether it does something with a body; then the body's media type is checked. */
  readonly takesBody?: boolean;
  /** The most a body may have; 1 MiB unless it says less. */
  readonly bodyBytesMax?: number | undefined;
  /** What one credential may ask of it. */
  readonly limit?: RateLimit | undefined;
  /** Media types of the body; JSON alone unless it says more. */
  readonly bodyTypes?: readonly BodyType[] | undefined;
  /** Says errors in the words of another protocol. */
  readonly answerError?: ((error: unknown) => Answer) | undefined;
  /** See WriteRoute.duplicate. */
  readonly duplicate?: { readonly code: ErrorCode; readonly detail: string } | undefined;
  /** A query as it may be kept in the audit log; without it nothing of a query is kept. */
  readonly maskQuery?: (query: string) => string;
  readonly deprecation?: DeprecationNotice | undefined;
  serve(request: RestRequest): Promise<Answer>;
};

/** The steps behind a step. May throw as well as reject: whoever passes on to them treats both alike. */
export type Next = (request: RestRequest) => Promise<Answer>;

export type Step = (request: RestRequest, next: Next) => Promise<Answer>;

/** One value of a header; undefined when it is absent. A header that came several times is what node joined it to. */
export function headerOf(request: Pick<RestRequest, 'incoming'>, name: string): string | undefined {
  const value = request.incoming.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

export function callerOf(request: RestRequest): Caller {
  if (request.caller === undefined) throw new Error('A route that needs a caller was reached without one.');
  return request.caller;
}
