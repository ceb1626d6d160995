import { AppError, ERRORS, type ErrorCode } from '@portico/contracts/errors';
import type { ErrorForm } from '../declare/version.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import { CHALLENGE } from './challenge.ts';

export type Telling = {
  readonly form: ErrorForm;
  readonly requestId: string;
  /** Where the codes are described. */
  readonly docsUrl: string;
  readonly now: Date;
};

/** The one translation of errors for integrators. */
export function errorAnswer(error: unknown, { form, requestId, docsUrl, now }: Telling): Answer {
  const known = error instanceof AppError ? error : new AppError('INTERNAL_ERROR');
  const { status } = ERRORS[known.code];
  const { code, details, retryAfterSeconds } = known;
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  if (status === 401) headers['www-authenticate'] = CHALLENGE;
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  const body = form.write({
    code,
    // A 5xx tells nothing of the inside, not even by accident.
    message: status >= 500 && code !== 'SERVICE_UNAVAILABLE' ? ERRORS[code].title : known.message,
    details: details ?? {},
    retryAfterSeconds,
    requestId,
    timestamp: now.toISOString(),
    documentationUrl: documentationUrl(docsUrl, code),
  });
  return jsonAnswer(status, JSON.stringify(body), headers);
}

export function documentationUrl(docsUrl: string, code: ErrorCode): string {
  return `${docsUrl}/errors#${code.toLowerCase()}`;
}
