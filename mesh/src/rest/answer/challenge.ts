import { AppError } from '@portico/contracts/errors';

/** What a 401 must say about how to authenticate (RFC 9110, 11.6.1). */
export const CHALLENGE = 'HMAC-SHA256 realm="portico", headers="X-API-Key X-Timestamp X-API-Signature", Bearer realm="portico"';

/** What whoever came with a bearer token is told beside (RFC 6750, 3); undefined where there is nothing to tell. */
export function bearerChallenge(error: unknown, authorization: string | undefined): string | undefined {
  if (!(error instanceof AppError) || authorization === undefined || !/^bearer\b/i.test(authorization)) return undefined;
  if (error.code === 'AUTHENTICATION_ERROR') return `${CHALLENGE}, error="invalid_token"`;
  const scope = error.details?.requiredScope;
  if (error.code !== 'AUTHORIZATION_ERROR' || typeof scope !== 'string') return undefined;
  return `Bearer realm="portico", error="insufficient_scope", scope="${scope}"`;
}
