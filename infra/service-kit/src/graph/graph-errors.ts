import { AppError, type ErrorDetails, isErrorCode } from '@portico/contracts/errors';

type GraphErrorLike = { readonly message: string; readonly extensions?: unknown };

/** The AppError that a GraphQL error stands for. An error without a code of ours is a surprise: its message stays inside. */
export function graphError(error: GraphErrorLike): AppError {
  const extensions = isRecord(error.extensions) ? error.extensions : {};
  const { code, details, retryAfterSeconds } = extensions;
  if (!isErrorCode(code)) return new AppError('INTERNAL_ERROR', undefined, { cause: error });
  return new AppError(code, error.message, {
    details: isRecord(details) ? (details as ErrorDetails) : undefined,
    retryAfterSeconds: typeof retryAfterSeconds === 'number' ? retryAfterSeconds : undefined,
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
