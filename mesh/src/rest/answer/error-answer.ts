import { AppError, ERRORS, type ErrorCode } from '@portico/contracts/errors';
import { type Answer, jsonAnswer } from './answer.ts';
import { CHALLENGE } from './challenge.ts';

/** The one translation of errors for integrators. `docsUrl`: where the codes are described. */
export function errorAnswer(error: unknown, requestId: string, docsUrl: string, now: Date): Answer {
  const known = error instanceof AppError ? error : new AppError('INTERNAL_ERROR');
  const { status } = ERRORS[known.code];
  const { code, details, retryAfterSeconds } = known;
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  if (status === 401) headers['www-authenticate'] = CHALLENGE;
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  const body = {
    code,
    // A 5xx tells nothing of the inside, not even by accident.
    message: status >= 500 && code !== 'SERVICE_UNAVAILABLE' ? ERRORS[code].title : known.message,
    details: details ?? {},
    ...(code === 'RATE_LIMIT_EXCEEDED' ? { retryAfter: retryAfterSeconds } : {}),
    requestId,
    timestamp: now.toISOString(),
    documentationUrl: documentationUrl(docsUrl, code),
  };
  return jsonAnswer(status, JSON.stringify({ error: body }), headers);
}

export function documentationUrl(docsUrl: string, code: ErrorCode): string {
  return `${docsUrl}/errors#${code.toLowerCase()}`;
}
