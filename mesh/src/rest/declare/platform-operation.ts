import type { z } from 'zod';

/** An operation that belongs to the platform and to no version of the contract. What is served and what is documented come from here. */
export type PlatformOperation = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Parameters of a form that a client sends, which proves itself by it or by `Authorization: Basic`. */
  readonly form?: { readonly schema: z.ZodObject; readonly example: Readonly<Record<string, string>> };
  readonly answer: { readonly schema: z.ZodType; readonly example: unknown; readonly description: string };
  /** Answered with 503 and the same form while the platform cannot work. */
  readonly tellsWhenDown?: boolean;
};
