// What is known of somebody else's API, wherever it was read: from its OpenAPI document, or from a request that worked.
import type { JsonSchema } from './zod-source.ts';

export type DescribedOperation = {
  /** As a JavaScript name. */
  readonly name: string;
  readonly method: 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete';
  /** `/payments/{id}` */
  readonly path: string;
  readonly params?: JsonSchema;
  readonly query?: JsonSchema;
  readonly body?: JsonSchema;
  readonly response?: JsonSchema;
  /** The header that makes a POST or PATCH safe to repeat, where the API has one. */
  readonly idempotencyHeader?: string;
  /** An answer that was seen, without what could be personal. */
  readonly fixture?: unknown;
};

export type DescribedAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer' }
  | { readonly kind: 'mtls' }
  | { readonly kind: 'apiKey'; readonly in: 'header' | 'query'; readonly name: string }
  | { readonly kind: 'oauth2'; readonly tokenUrl: string; readonly scopes: readonly string[] };

export type DescribedProvider = {
  readonly baseUrl: string;
  readonly auth: DescribedAuth;
  readonly operations: readonly DescribedOperation[];
  /** Shapes that have a name of their own. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
};

/** The source cannot be read; the text says where and why. */
export class UnreadableSource extends Error {
  override readonly name = 'UnreadableSource';
}

/** `Create a payment` or `payments/create` as `createAPayment`, `paymentsCreate`; with an underscore in front of a digit. */
export function nameFrom(text: string): string {
  const [first = 'call', ...rest] = text.match(/[A-Za-z0-9]+/g) ?? [];
  const name = first[0]?.toLowerCase() + first.slice(1) + rest.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('');
  return /^\d/.test(name) ? `_${name}` : name;
}
