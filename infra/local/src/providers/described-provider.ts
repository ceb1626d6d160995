// What is known of somebody else's API, wherever it was read: from its OpenAPI document, or from a request that worked.
import type { JsonSchema } from './json-schema.ts';

export const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'] as const;

export type DescribedOperation = {
  /** As a JavaScript name. */
  readonly name: string;
  readonly method: (typeof METHODS)[number];
  /** `/payments/{id}` */
  readonly path: string;
  readonly params?: JsonSchema;
  readonly query?: JsonSchema;
  /** Headers that a call cannot do without, but for those that the client sends by itself. */
  readonly headers?: JsonSchema;
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

/** An address that the client can call. Throws UnreadableSource for any other, and for one with credentials in it: they would be kept. */
export function addressOf(text: string, what: string): URL {
  const address = URL.canParse(text) ? new URL(text) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol) || /[{}]/.test(text.split(/[/?#]/)[2] ?? '')) {
    throw new UnreadableSource(`${what} must be a whole address, with http or https.`);
  }
  if (address.username !== '' || address.password !== '') {
    throw new UnreadableSource(`${what} has a name or a password in it: basic authentication is none that the client has.`);
  }
  return address;
}

/** An object of text fields, all of them required; undefined without any. */
export function textFields(names: readonly string[]): JsonSchema | undefined {
  if (names.length === 0) return undefined;
  return { type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) };
}

/** `Create a payment` or `payments/create` as `createAPayment`, `paymentsCreate`; with an underscore in front of a digit. */
export function nameFrom(text: string): string {
  const [first = 'call', ...rest] = text.match(/[A-Za-z0-9]+/g) ?? [];
  const name = first[0]?.toLowerCase() + first.slice(1) + rest.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('');
  return /^\d/.test(name) ? `_${name}` : name;
}
