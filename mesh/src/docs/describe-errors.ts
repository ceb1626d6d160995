import { ERRORS, type ErrorCode } from '@portico/contracts/errors';
import { EXAMPLE } from '../contracts/v1/examples.ts';
import { documentationUrl } from '../rest/answer/error-answer.ts';
import type { Deprecation } from '../rest/declare/deprecation.ts';
import type { Route } from '../rest/declare/route.ts';
import type { ErrorForm } from '../rest/declare/version.ts';
import { DEPRECATION_HEADERS, errorHeaders } from './describe-headers.ts';

/** Codes by status: an operation has one entry per status, which names every code that it may carry. */
export function describeErrors(route: Route, form: ErrorForm, deprecated: Deprecation | undefined): Record<string, unknown> {
  const codes: ErrorCode[] = [
    'VALIDATION_ERROR',
    'AUTHENTICATION_ERROR',
    'AUTHORIZATION_ERROR',
    // A body is read before it is known whether there should be one: the signature covers it.
    'PAYLOAD_TOO_LARGE',
    'RATE_LIMIT_EXCEEDED',
    'INTERNAL_ERROR',
    'UPSTREAM_ERROR',
    'SERVICE_UNAVAILABLE',
    'UPSTREAM_TIMEOUT',
  ];
  if (route.kind === 'item') codes.push('NOT_FOUND');
  if (route.kind === 'write' && route.body !== undefined) codes.push('UNSUPPORTED_MEDIA_TYPE');
  // CONFLICT while the first request with the key is being worked on.
  if (route.method === 'POST' || route.method === 'PATCH')
    codes.push('CONFLICT', (route.kind === 'write' ? route.duplicate?.code : undefined) ?? 'IDEMPOTENCY_CONFLICT');
  const byStatus = Map.groupBy(new Set([...codes, ...(route.errors ?? [])]), (code) => ERRORS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => {
      const [first] = some;
      if (some.length === 1 && first !== undefined && deprecated === undefined)
        return [status, { $ref: `#/components/responses/${first}` }];
      const description = some.map((code) => `\`${form.code(code)}\`: ${ERRORS[code].title}`).join(' ');
      return [
        status,
        {
          description,
          headers: { ...errorHeaders(status), ...(deprecated === undefined ? {} : DEPRECATION_HEADERS) },
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      ];
    }),
  );
}

/** What every operation that can answer with this code alone refers to. */
export function describeError(code: ErrorCode, form: ErrorForm): unknown {
  const { title, status } = ERRORS[code];
  const example = form.write({
    code,
    message: title,
    details: {},
    retryAfterSeconds: 42,
    requestId: EXAMPLE.requestId,
    timestamp: EXAMPLE.time,
    documentationUrl: documentationUrl('/docs', code),
  });
  return {
    description: title,
    headers: errorHeaders(status),
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' }, example } },
  };
}
