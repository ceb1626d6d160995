import type { StandardSchemaV1 } from '@standard-schema/spec';
import { IntegrationError } from '../errors.ts';
import type { AnyDeclaration, Operation, Schema } from './operation.ts';

type Errors<D> = D extends { errors: infer Declared } ? Declared : Record<never, never>;

/** A refusal that the operation declares, with its body as the schema gives it. */
export type DeclaredError<D extends AnyDeclaration> = {
  [Status in keyof Errors<D>]: Errors<D>[Status] extends Schema
    ? { status: Status; data: StandardSchemaV1.InferOutput<Errors<D>[Status]> }
    : never;
}[keyof Errors<D>];

/** Undefined for every other error, and for a refusal whose body does not match what was declared. */
export async function declaredError<D extends AnyDeclaration>(
  operation: Operation<D>,
  error: unknown,
): Promise<DeclaredError<D> | undefined> {
  if (!(error instanceof IntegrationError) || error.code !== 'CLIENT_ERROR') return undefined;
  const schema = operation.declaration.errors?.[error.status];
  if (schema === undefined) return undefined;
  const parsed = await schema['~standard'].validate(error.details?.body);
  if (parsed.issues !== undefined) return undefined;
  // The status is one of the declared ones and the data its schema's output: the mapped type says the same, which the compiler cannot see.
  return { status: error.status, data: parsed.value } as DeclaredError<D>;
}
