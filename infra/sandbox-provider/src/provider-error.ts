/** An answer that is not a success: what went wrong, as `{"error": {"type", "code", "message"}}`. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;
  readonly chargeId: string | undefined;

  constructor(status: number, code: string, message: string, more: { retryAfterSeconds?: number | undefined; chargeId?: string } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.chargeId = more.chargeId;
  }
}

/** What of the request does not hold, by field. */
export function invalidRequest(message: string): ProviderError {
  return new ProviderError(400, 'invalid_request', message);
}
