import { AppError, isErrorCode } from '@portico/contracts/errors';

/**
 * SQLSTATE classes and socket errors that say: PostgreSQL cannot be had now; the same request may succeed later. 55000: it takes no connections.
 * 25006: it takes no writes, after a failover. 25P03: it ended a transaction of ours that stood still. 58030: its disk does not read or write.
 * 08P01 is a message of ours that it does not understand, and will not next time.
 */
const UNAVAILABLE = /^(08(?!P01)|25006|25P03|53|55000|57P|58030|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)/;
/** Text, or JSON, with U+0000, which PostgreSQL has not. */
const NUL = /^(22021|22P05)$/;
/** The one thing that JSON of ours can have in it and PostgreSQL refuses: half a surrogate pair. */
const TEXT_REPRESENTATION = '22P02';
const STATEMENT_TIMEOUT = '57014';
/** The server takes no writes: another has taken over from it, or it is set so. */
export const READ_ONLY = '25006';
const RETRY_AFTER_SECONDS = 1;

/** A database that is away or too slow becomes SERVICE_UNAVAILABLE with Retry-After; what our client refused is that refusal; everything else stays what it is. */
export function translateDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Refused by our own client, and wrapped by the ORM, which keeps the code.
  if (isErrorCode(code)) return new AppError(code, error.message, { cause: error });
  if (NUL.test(code)) return new AppError('VALIDATION_ERROR', 'Text must not contain the character U+0000.', { cause: error });
  if (code === TEXT_REPRESENTATION && /type json\b/.test(error.message))
    return new AppError('VALIDATION_ERROR', 'Text must be well-formed Unicode.', { cause: error });
  const lost =
    code === '' && /Connection terminated|timeout exceeded when trying to connect|timeout expired|not queryable/.test(error.message);
  if (!lost && code !== STATEMENT_TIMEOUT && !UNAVAILABLE.test(code)) return error;
  return new AppError('SERVICE_UNAVAILABLE', 'The database is not available at the moment.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause: error,
  });
}

const UNIQUE_VIOLATION = '23505';

/** The name of the constraint that a write broke by being the second of its kind, if that is what went wrong. */
export function brokenUniqueConstraint(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== UNIQUE_VIOLATION) return undefined;
  return 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : undefined;
}
