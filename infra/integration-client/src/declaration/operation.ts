// The words an operation is declared in. Reads may be cached and hedged; POST and PATCH do not compile without a word on idempotency;
// PUT and DELETE need none, for they may be repeated by definition (RFC 9110 §9.2.2).
import type { StandardSchemaV1 } from '@standard-schema/spec';

export type Schema = StandardSchemaV1;

/** How long an answer is fresh, and for how much longer it may stand in for one that cannot be had. */
export type CachePolicy = {
  ttlMs: number;
  staleMs?: number;
  /**
   * How long a caller who could have a stale answer waits for a live one. 0: he has the stale one at once, and a new one is fetched behind his
   * back, when the retry budget pays for it. Default: 200.
   */
  softTimeoutMs?: number;
};

export type IdempotencyPolicy = {
  /** The provider's name of the header, mostly `Idempotency-Key`. */
  header: string;
  /** How long the provider remembers a key. */
  livesMs: number;
  /** The operation that tells what became of a write whose answer was lost: a GET of the same provider. */
  reconcile?: string;
};

export type CommonDeclaration = {
  params?: Schema;
  query?: Schema;
  /** More request headers, by the caller. */
  headers?: Schema;
  /** Of the answer's body. Without it the body is passed on as `unknown`. */
  response?: Schema;
  /** Refusals that the caller expects, with the shape of their bodies: see `declaredError`. */
  errors?: Readonly<Record<number, Schema>>;
  /** Of the whole call, retries and waits included. Default: the provider's, else 5,000. */
  deadlineMs?: number;
  /** Of one attempt. Default: the provider's, else 5,000, and never more than the deadline. */
  attemptTimeoutMs?: number;
  /** After the first attempt. Default: the provider's, else 3. */
  maxRetries?: number;
};

export type ReadDeclaration = CommonDeclaration & {
  /** Default of GET: fresh for 300 s, stand-in for an hour. HEAD is not cached. */
  cache?: CachePolicy | 'none';
  /** A second request when the first has not answered in time; the faster one counts. Paid from the retry budget. */
  hedge?: { afterMs: number };
  body?: never;
  idempotency?: never;
};
export type RepeatableDeclaration = CommonDeclaration & {
  body?: Schema;
  encode?: BodyEncoding;
  cache?: never;
  hedge?: never;
  idempotency?: never;
};
export type WriteDeclaration = CommonDeclaration & {
  body?: Schema;
  encode?: BodyEncoding;
  idempotency: IdempotencyPolicy | 'none';
  cache?: never;
  hedge?: never;
};

/** How a body is written: JSON, or `application/x-www-form-urlencoded` from an object of texts, numbers and booleans. Default: `json`. */
export type BodyEncoding = 'json' | 'form';

export type Method = 'GET' | 'HEAD' | 'PUT' | 'DELETE' | 'POST' | 'PATCH';

/** What of a declaration only some methods may have is optional here: `op` has checked it. */
export type AnyDeclaration = CommonDeclaration & {
  body?: Schema;
  encode?: BodyEncoding;
  cache?: CachePolicy | 'none';
  hedge?: { afterMs: number };
  idempotency?: IdempotencyPolicy | 'none';
};

export type Operation<Declaration extends AnyDeclaration = AnyDeclaration> = {
  readonly method: Method;
  readonly path: string;
  readonly declaration: Declaration;
};

export const op = {
  get: <const D extends ReadDeclaration>(path: string, declaration: D): Operation<D> => ({ method: 'GET', path, declaration }),
  head: <const D extends ReadDeclaration>(path: string, declaration: D): Operation<D> => ({ method: 'HEAD', path, declaration }),
  put: <const D extends RepeatableDeclaration>(path: string, declaration: D): Operation<D> => ({ method: 'PUT', path, declaration }),
  delete: <const D extends RepeatableDeclaration>(path: string, declaration: D): Operation<D> => ({ method: 'DELETE', path, declaration }),
  post: <const D extends WriteDeclaration>(path: string, declaration: D): Operation<D> => ({ method: 'POST', path, declaration }),
  patch: <const D extends WriteDeclaration>(path: string, declaration: D): Operation<D> => ({ method: 'PATCH', path, declaration }),
} as const;
