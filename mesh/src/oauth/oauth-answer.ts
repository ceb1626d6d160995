// Answers of the authorization server: JSON that nobody may keep (RFC 6749, 5.1), errors in its own words (5.2).
import { AppError, ERRORS, type ErrorCode } from '@portico/contracts/errors';
import type { OAuthErrorCode, OAuthRefusal } from '@portico/contracts/token-service';
import { type Answer, jsonAnswer } from '../rest/answer/answer.ts';

/** Beside those of RFC 6749, for what the pipeline refused or could not do. */
export const PIPELINE_CODES = ['temporarily_unavailable', 'server_error'] as const;

const NOT_KEPT = { 'cache-control': 'no-store', pragma: 'no-cache' };
const CHALLENGE = 'Basic realm="portico", charset="UTF-8"';
const UNAUTHORIZED = 401;

export function oauthAnswer(body: object): Answer {
  return jsonAnswer(200, JSON.stringify(body), NOT_KEPT);
}

export function refusalAnswer({ error, description }: Pick<OAuthRefusal, 'error' | 'description'>): Answer {
  const isClient = error === 'invalid_client';
  return jsonAnswer(isClient ? UNAUTHORIZED : 400, JSON.stringify({ error, error_description: printable(description) }), {
    ...NOT_KEPT,
    ...(isClient ? { 'www-authenticate': CHALLENGE } : {}),
  });
}

/** What the pipeline refused or could not do, said in the protocol's form; the status stays. */
export function oauthErrorAnswer(thrown: unknown): Answer {
  const known = thrown instanceof AppError ? thrown : new AppError('INTERNAL_ERROR');
  const { status, title } = ERRORS[known.code];
  if (known.code === 'AUTHENTICATION_ERROR') return refusalAnswer({ error: 'invalid_client', description: known.message });
  const headers: Record<string, string> = { ...NOT_KEPT };
  if (known.retryAfterSeconds !== undefined) headers['retry-after'] = String(known.retryAfterSeconds);
  const description = status >= 500 ? title : known.message;
  return jsonAnswer(
    status,
    JSON.stringify({ error: protocolCode(known.code, status), error_description: printable(description) }),
    headers,
  );
}

function protocolCode(code: ErrorCode, status: number): OAuthErrorCode | (typeof PIPELINE_CODES)[number] {
  if (code === 'RATE_LIMIT_EXCEEDED' || code === 'SERVICE_UNAVAILABLE' || code === 'UPSTREAM_TIMEOUT') return 'temporarily_unavailable';
  return status >= 500 ? 'server_error' : 'invalid_request';
}

/** The characters that RFC 6749 allows in a description. */
function printable(text: string): string {
  return text
    .replaceAll('"', "'")
    .replaceAll('’', "'")
    .replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?');
}
