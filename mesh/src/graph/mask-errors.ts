// What may leave the graph of an error: the codes of our catalogue with their message and details. All else is a surprise: logged whole,
// shown as INTERNAL_ERROR.
import { AppError, ERRORS, isErrorCode } from '@portico/contracts/errors';
import { translateDatabaseError } from '@portico/service-kit/database/database-errors';
import type { Logger } from '@portico/service-kit/logger';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

export function maskError(error: GraphQLError | GraphQLFormattedError, logger: Logger, requestId: string): GraphQLError {
  const original = error instanceof GraphQLError || 'originalError' in error ? rootCause(error as GraphQLError) : undefined;
  const known = original === undefined ? undefined : translateDatabaseError(original);
  const extensions: Readonly<Record<string, unknown>> = known instanceof AppError ? known.extensions : (error.extensions ?? {});
  const { code, details, retryAfterSeconds } = extensions;
  const path = error.path;
  if (isErrorCode(code) && code !== 'INTERNAL_ERROR') {
    return new GraphQLError(known instanceof AppError ? known.message : error.message, {
      path,
      extensions: { code, details, retryAfterSeconds },
    });
  }
  // A subgraph in its own process has logged what happened; here there is only its mask.
  if (code !== 'INTERNAL_ERROR') logger.error({ err: original ?? error, requestId }, 'the graph failed');
  return new GraphQLError(ERRORS.INTERNAL_ERROR.title, { path, extensions: { code: 'INTERNAL_ERROR' } });
}

function rootCause(error: GraphQLError): Error {
  let cause: Error = error;
  while (cause instanceof GraphQLError && cause.originalError !== undefined && cause.originalError !== cause) cause = cause.originalError;
  return cause;
}
