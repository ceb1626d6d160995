/** An answer that is an error, with what the API says of it. `code` is for programs: https://…/docs/errors lists all. */
export class PorticoError extends Error {
  override readonly name = 'PorticoError';
  readonly status: number;
  /** `UNEXPECTED_ANSWER` for one that is not the API's, such as a proxy's page. */
  readonly code: string;
  /** A text per field, or the values that the code documents. */
  readonly details: Readonly<Record<string, unknown>>;
  /** To be given to support. */
  readonly requestId: string | undefined;

  constructor({ status, code, message, details, requestId }: Pick<PorticoError, 'status' | 'code' | 'message' | 'details' | 'requestId'>) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
    this.requestId = requestId;
  }
}

export function errorOf(status: number, text: string, requestId: string | undefined): PorticoError {
  const { error } = (parsed(text) ?? {}) as { error?: { code?: unknown; message?: unknown; details?: unknown } };
  if (typeof error !== 'object' || error === null || typeof error.code !== 'string')
    return new PorticoError({
      ...{ status, code: 'UNEXPECTED_ANSWER', details: {}, requestId },
      message: `An answer with status ${status} is not one of the API: ${text.slice(0, 200)}`,
    });
  const { code, message, details } = error;
  return new PorticoError({ status, code, message: String(message), details: Object(details), requestId });
}

/** Undefined for what is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
