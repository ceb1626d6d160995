// What a call may fail with: one closed union of codes, each with its HTTP status, so that a caller's `switch` is checked by the compiler.
// Messages are fixed texts: nothing of a request or an answer is in them, so they may be logged.

const CATALOGUE = {
  API_TIMEOUT: { status: 504, message: 'The provider did not answer in time.' },
  RATE_LIMIT_EXCEEDED: { status: 429, message: 'The rate limit of the provider is reached.' },
  CIRCUIT_BREAKER_OPEN: { status: 503, message: 'The provider fails at present; the call was not made.' },
  VALIDATION_ERROR: { status: 400, message: 'The request does not match its schema; the call was not made.' },
  AUTHENTICATION_ERROR: { status: 401, message: 'The provider refused our credentials.' },
  SERVER_ERROR: { status: 502, message: 'The provider failed.' },
  CLIENT_ERROR: { status: 400, message: 'The provider refused the request.' },
  OUTCOME_UNKNOWN: { status: 502, message: 'The answer to a write was lost: it may or may not have been done.' },
  CANCELLED: { status: 499, message: 'The caller cancelled the call.' },
} as const;

export type IntegrationErrorCode = keyof typeof CATALOGUE;

/** Who has to do something about it: who called the client, the client's own limits, or the provider. */
export type Side = 'caller' | 'client' | 'upstream';

/** A place in a value and the rule it broke; never the value. */
export type SchemaIssue = { readonly path: string; readonly code: string };

export type ErrorDetails = {
  /** Why, in a word of its own: `RESPONSE_SCHEMA`, `connect`, `queue-full`… */
  reason?: string;
  upstreamStatus?: number;
  /** The provider's answer as it came. For the caller alone: it may hold personal data, so it is not enumerable and not logged. */
  body?: unknown;
  issues?: readonly SchemaIssue[];
  /** OUTCOME_UNKNOWN: the idempotency key that was sent, and the operation that can tell what became of it. */
  key?: string;
  reconcile?: string;
};

export type IntegrationErrorFields = {
  code: IntegrationErrorCode;
  provider: string;
  operation: string;
  correlationId: string;
  /** How often the provider was asked. */
  attempts: number;
  /** No attempt can have reached the provider: whatever was asked for was certainly not done. So it is without attempts. */
  neverSent?: boolean;
  side: Side;
  /** Instead of the catalogue's: CLIENT_ERROR keeps the provider's own status. */
  status?: number;
  /** Not before this instant. */
  retryAt?: Date;
  details?: ErrorDetails;
  cause?: unknown;
};

export class IntegrationError extends Error {
  override readonly name = 'IntegrationError';
  readonly code: IntegrationErrorCode;
  readonly status: number;
  readonly provider: string;
  readonly operation: string;
  readonly correlationId: string;
  readonly attempts: number;
  readonly neverSent: boolean;
  readonly side: Side;
  readonly retryAt?: Date;
  readonly details?: ErrorDetails;

  constructor(fields: IntegrationErrorFields) {
    super(CATALOGUE[fields.code].message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = fields.code;
    this.status = fields.status ?? CATALOGUE[fields.code].status;
    this.provider = fields.provider;
    this.operation = fields.operation;
    this.correlationId = fields.correlationId;
    this.attempts = fields.attempts;
    this.neverSent = fields.neverSent ?? fields.attempts === 0;
    this.side = fields.side;
    if (fields.retryAt !== undefined) this.retryAt = fields.retryAt;
    if (fields.details !== undefined) this.details = hideBody(fields.details);
  }
}

function hideBody(details: ErrorDetails): ErrorDetails {
  if (!('body' in details)) return details;
  return Object.defineProperty({ ...details }, 'body', { value: details.body, enumerable: false });
}
