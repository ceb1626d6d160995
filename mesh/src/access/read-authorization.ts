import { AppError } from '@portico/contracts/errors';
import type { RestRequest } from '../rest/rest-request.ts';

/** `Authorization`, taken apart (RFC 9110, 11.6.2); the scheme in lower case. */
export type Authorization = { readonly scheme: string; readonly value: string };

const SHAPE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?: +(.*))?$/;

/**
 * AUTHENTICATION_ERROR for a malformed header, or for two: node keeps the first and a proxy may have checked the second, so neither counts.
 */
export function readAuthorization({ incoming }: Pick<RestRequest, 'incoming'>): Authorization | undefined {
  const text = incoming.headers.authorization;
  if (text === undefined) return undefined;
  let count = 0;
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) if (incoming.rawHeaders[i]?.toLowerCase() === 'authorization') count += 1;
  if (count > 1) throw new AppError('AUTHENTICATION_ERROR', 'There are several Authorization headers.');
  const match = SHAPE.exec(text);
  if (match === null) throw new AppError('AUTHENTICATION_ERROR', 'The Authorization header is malformed.');
  return { scheme: (match[1] ?? '').toLowerCase(), value: (match[2] ?? '').trimEnd() };
}
