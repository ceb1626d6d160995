// What a declared operation looks like to its caller: derived from the declaration, so that nothing is written twice.
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { AnyDeclaration, IdempotencyPolicy, Operation, Schema } from './operation.ts';

type InputPart = 'params' | 'query' | 'body' | 'headers';
type Declared<D, Part extends keyof D> = Extract<D[Part], Schema>;
type GivenParts<D> = { [Part in InputPart & keyof D as [Declared<D, Part>] extends [never] ? never : Part]: Declared<D, Part> };

/** A part whose every field is optional may itself be left out. */
type OptionalPart<Parts> = {
  [Part in keyof Parts]: Parts[Part] extends Schema
    ? Record<never, never> extends StandardSchemaV1.InferInput<Parts[Part]>
      ? Part
      : never
    : never;
}[keyof Parts];
type InferredParts<Parts> = {
  [Part in Exclude<keyof Parts, OptionalPart<Parts>>]: Parts[Part] extends Schema ? StandardSchemaV1.InferInput<Parts[Part]> : never;
} & {
  [Part in OptionalPart<Parts>]?: Parts[Part] extends Schema ? StandardSchemaV1.InferInput<Parts[Part]> : never;
};

type Flat<Type> = { [Name in keyof Type]: Type[Name] };

export type CallInput<D extends AnyDeclaration> = Flat<InferredParts<GivenParts<D>>>;

export type CallData<D extends AnyDeclaration> = D['response'] extends Schema ? StandardSchemaV1.InferOutput<D['response']> : unknown;

export type CommonOptions = {
  signal?: AbortSignal;
  /** Of the whole call, in milliseconds. Default: the operation's. */
  deadlineMs?: number;
  /** Default: a new one. */
  correlationId?: string;
  /** False: ask the provider, whatever is kept. Default: true. */
  useCache?: boolean;
  /** The oldest answer that may stand in for one that cannot be had, in milliseconds past its freshness. Default: the operation's. */
  maxStaleMs?: number;
};

/** `key`: the same for every try of one write, e.g. the order's id. 1 to 255 visible ASCII characters. */
export type CallOptions<D extends AnyDeclaration> = CommonOptions &
  (D['idempotency'] extends IdempotencyPolicy ? { key: string } : { key?: never });

export type CallResult<Data> = {
  status: number;
  data: Data;
  headers: Readonly<Record<string, string>>;
  /** The answer was kept from an earlier call, of this process or another. */
  cached: boolean;
  /** It is past its freshness, and stands in for one that could not be had. */
  stale: boolean;
  ageMs: number;
  responseTimeMs: number;
  /** How often this call asked the provider; 0 for a kept answer. */
  attempts: number;
  correlationId: string;
};

type NothingRequired<D extends AnyDeclaration> = Record<never, never> extends CallInput<D> ? true : false;

/** Throws IntegrationError, nothing else. */
export type Call<D extends AnyDeclaration> = D['idempotency'] extends IdempotencyPolicy
  ? (input: CallInput<D>, options: CallOptions<D>) => Promise<CallResult<CallData<D>>>
  : NothingRequired<D> extends true
    ? (input?: CallInput<D>, options?: CallOptions<D>) => Promise<CallResult<CallData<D>>>
    : (input: CallInput<D>, options?: CallOptions<D>) => Promise<CallResult<CallData<D>>>;

export type CallOf<Op> = Op extends Operation<infer D> ? Call<D> : never;
