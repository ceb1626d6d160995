// What the server refuses, in one shape: the procedures and sign-in say it in two.
import { TRPCClientError } from '@trpc/client';

export class Refusal extends Error {
  override name = 'Refusal';
  readonly code: string;
  /** By the field that is wrong. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** Of a procedure, not of sign-in itself. */
  readonly ofProcedure: boolean;

  constructor(
    told: { code: string; message: string; ofProcedure: boolean } & Partial<Pick<Refusal, 'details' | 'requestId' | 'retryAfterSeconds'>>,
  ) {
    super(told.message);
    this.code = told.code;
    this.details = told.details ?? {};
    this.requestId = told.requestId;
    this.retryAfterSeconds = told.retryAfterSeconds;
    this.ofProcedure = told.ofProcedure;
  }
}

const UNREACHABLE = 'The server cannot be reached. Check your connection, then try again.';
const UNREADABLE = 'The server answered with something else than expected. Try again in a moment.';

/** Any error of a request. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (!(error instanceof TRPCClientError)) return unheard(error, false);
  const { data, message, meta } = error;
  if (!isTold(data)) return unheard(error.cause ?? error, true);
  const response: unknown = meta?.response;
  const requestId = response instanceof Response ? (response.headers.get('x-request-id') ?? undefined) : undefined;
  return new Refusal({ ...data, message, requestId, ofProcedure: true });
}

/** A request that was not answered, or not by our server. */
export function unheard(error: unknown, ofProcedure: boolean): Refusal {
  const isAnswered = error instanceof SyntaxError;
  return new Refusal({
    code: isAnswered ? 'UNEXPECTED_ANSWER' : 'UNREACHABLE',
    message: isAnswered ? UNREADABLE : UNREACHABLE,
    ofProcedure,
  });
}

function isTold(data: unknown): data is Pick<Refusal, 'code' | 'details' | 'retryAfterSeconds'> {
  return typeof data === 'object' && data !== null && 'code' in data && typeof data.code === 'string';
}

/** Its texts per field, as a form shows them. A field of a list belongs to its list: `scopes.0` to `scopes`. */
export function fieldTexts({ details }: Refusal): Readonly<Record<string, string>> {
  const texts = Object.entries(details).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(texts.toReversed().map(([field, text]) => [field.replace(/^changes\./, '').split('.')[0] ?? field, text]));
}
