import type { z } from 'zod';

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

/** What of a body does not hold, in one line: buyers are told it as the reason of a decline. */
export function invalidBody({ issues }: z.ZodError): ProviderError {
  return invalidRequest(issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; '));
}

/** What of the request does not hold, by field. */
export function invalidRequest(message: string): ProviderError {
  return new ProviderError(400, 'invalid_request', message);
}
