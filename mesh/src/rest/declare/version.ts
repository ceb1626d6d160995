import type { ErrorCode, ErrorDetails } from '@portico/contracts/errors';
import type { Deprecation } from './deprecation.ts';
import type { JsonSchema } from './fields.ts';
import type { Route } from './route.ts';

/** A version of the contract: a set of declarations over the one graph, and the conventions in which they are said. */
export type ContractVersion = {
  readonly version: '1' | '2';
  readonly prefix: `/api/v${string}`;
  readonly conventions: Conventions;
  readonly routes: readonly Route[];
  /** Of all its routes; a route may have one of its own. */
  readonly deprecated?: Deprecation;
};

/** How a version says what the declarations say. */
export type Conventions = {
  /** A name of the declarations as the version writes it. `owner`: the resource that has it. */
  name(declared: string, owner?: string): string;
  readonly money: 'number' | 'text';
  readonly paging: 'page or cursor' | 'cursor';
  /** Names of the graph in error details, where they are not those of the declarations. */
  readonly graphNames: Readonly<Record<string, string>>;
  readonly error: ErrorForm;
};

/** What every error tells, in whatever form. */
export type ToldError = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
  readonly retryAfterSeconds: number | undefined;
  readonly requestId: string;
  readonly timestamp: string;
  readonly documentationUrl: string;
};

/** The body of an error. */
export type ErrorForm = {
  /** What a code of the catalogue is called. */
  code(code: ErrorCode): string;
  write(told: ToldError): object;
  readonly schema: JsonSchema;
};
