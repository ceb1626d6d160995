// The one catalogue of errors. A code carries its status and its retry advice; every edge translates by looking it up, none by a switch.

/** `values`: what its details have that is no text about a field. */
type Entry = { status: number; title: string; retry: 'never' | 'after_change' | 'later'; values?: readonly string[] };

export const ERRORS = {
  VALIDATION_ERROR: { status: 400, title: 'The request did not pass validation.', retry: 'after_change' },
  INVALID_CUSTOMER: { status: 400, title: 'The customer does not exist or is not active.', retry: 'after_change' },
  AUTHENTICATION_ERROR: { status: 401, title: 'The credentials are missing or not valid.', retry: 'after_change' },
  PAYMENT_FAILED: { status: 402, title: 'The payment was not accepted.', retry: 'after_change', values: ['paymentId'] },
  AUTHORIZATION_ERROR: { status: 403, title: 'The credentials do not allow this.', retry: 'never', values: ['requiredScope'] },
  NOT_FOUND: { status: 404, title: 'There is nothing here.', retry: 'never' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This path does not answer to this method.', retry: 'never', values: ['allow'] },
  REQUEST_TIMEOUT: { status: 408, title: 'The request did not arrive in time.', retry: 'later' },
  CONFLICT: { status: 409, title: 'The request contradicts the present state.', retry: 'after_change' },
  DUPLICATE_ORDER: {
    status: 409,
    title: 'An order with this idempotency key exists already.',
    retry: 'never',
    values: ['existingOrderId'],
  },
  INSUFFICIENT_INVENTORY: { status: 409, title: 'There is not enough stock.', retry: 'after_change' },
  IDEMPOTENCY_CONFLICT: { status: 409, title: 'The idempotency key was used for another request.', retry: 'never' },
  INVALID_STATE: {
    status: 409,
    title: 'The present status does not allow this.',
    retry: 'after_change',
    values: ['status', 'allowed', 'disabledReason', 'previousSecretExpiresAt'],
  },
  PRECONDITION_FAILED: { status: 412, title: 'The resource has changed since it was read.', retry: 'after_change' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The request is too large.', retry: 'after_change' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'Only application/json is accepted.', retry: 'after_change' },
  RATE_LIMIT_EXCEEDED: { status: 429, title: 'Too many requests.', retry: 'later' },
  REQUEST_HEADERS_TOO_LARGE: { status: 431, title: 'The target and headers of the request are too large.', retry: 'after_change' },
  INTERNAL_ERROR: { status: 500, title: 'Something went wrong on our side.', retry: 'later' },
  UPSTREAM_ERROR: { status: 502, title: 'A service we depend on answered with an error.', retry: 'later' },
  SERVICE_UNAVAILABLE: { status: 503, title: 'The service is not available at the moment.', retry: 'later' },
  UPSTREAM_TIMEOUT: { status: 504, title: 'A service we depend on did not answer in time.', retry: 'later' },
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof ERRORS;

/** Names in the details of a code that stand for a value, and for no field. */
export function valuesOf(code: ErrorCode): readonly string[] {
  const entry: Entry = ERRORS[code];
  return entry.values ?? [];
}

/** What an error tells the caller beside its message: a text per field, or a few values that the code documents (`existingOrderId`). */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * An error whose message is meant for the caller. Anything else that is thrown is a surprise:
 * it is logged whole and the caller reads INTERNAL_ERROR.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails | undefined;
  /** Seconds after which another try makes sense; becomes `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message?: string, options: { details?: ErrorDetails; retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(message ?? ERRORS[code].title, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** What a GraphQL error carries of this one; GraphQL libraries take it from here. */
  get extensions(): AppErrorExtensions {
    return { code: this.code, details: this.details, retryAfterSeconds: this.retryAfterSeconds };
  }
}

export type AppErrorExtensions = { code: ErrorCode; details?: ErrorDetails | undefined; retryAfterSeconds?: number | undefined };

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}

/** What a status of somebody else's says at least; INTERNAL_ERROR where the catalogue has none with it. */
export function errorCodeOf(status: number): ErrorCode {
  const code = Object.keys(ERRORS).find((key) => isErrorCode(key) && ERRORS[key].status === status);
  return isErrorCode(code) ? code : 'INTERNAL_ERROR';
}

/** NOT_FOUND for one thing, by the word an integrator knows it by. Another account's thing gets the same answer as one that never was. */
export function notFound(what: string, id: string): AppError {
  return new AppError('NOT_FOUND', `There is no ${what} ${JSON.stringify(id.slice(0, 64))}.`);
}

/** VALIDATION_ERROR for named fields: `invalid({ 'items[0].quantity': 'Must be between 1 and 999.' })`. */
export function invalid(details: Readonly<Record<string, string>>): AppError {
  return new AppError('VALIDATION_ERROR', undefined, { details });
}
