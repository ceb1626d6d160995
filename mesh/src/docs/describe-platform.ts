// Operations beside the versions of the contract: the authorization server and health. Their paths begin at the host, not at the version.
import { OAUTH_ERROR_CODES } from '@portico/contracts/token-service';
import { z } from 'zod';
import { HEALTH_OPERATIONS } from '../health.ts';
import { PIPELINE_CODES } from '../oauth/oauth-answer.ts';
import { OAUTH_OPERATIONS } from '../oauth/operations.ts';
import type { PlatformOperation } from '../rest/declare/platform-operation.ts';
import { codeSamples } from './samples/code-samples.ts';
import { requestOfPlatform } from './samples/example-request.ts';

export const PLATFORM_OPERATIONS: readonly PlatformOperation[] = [...Object.values(OAUTH_OPERATIONS), ...Object.values(HEALTH_OPERATIONS)];

const JSON_MEDIA = 'application/json';
const FORM_MEDIA = 'application/x-www-form-urlencoded';

/** What an OAuth client proves itself with, when it does not do so in the form. */
export const CLIENT_SECURITY_SCHEME = { type: 'http', scheme: 'basic', description: 'Id and secret of an OAuth client (RFC 6749, 2.3.1).' };

/** RFC 6749, 5.2. */
export const OAUTH_ERROR_SCHEMA = {
  type: 'object',
  required: ['error'],
  properties: {
    error: { type: 'string', enum: [...OAUTH_ERROR_CODES, ...PIPELINE_CODES] },
    error_description: { type: 'string', description: 'For people; it may change.' },
  },
};

/** Path items of the OpenAPI document. `servers`: the hosts, without the version's path. */
export function describePlatform(servers: readonly object[]): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    PLATFORM_OPERATIONS.map((operation) => [operation.path, { servers, [operation.method.toLowerCase()]: describe(operation) }]),
  );
}

function describe(operation: PlatformOperation): Record<string, unknown> {
  const { operationId, tag, summary, description, form, answer, tellsWhenDown } = operation;
  const content = { [JSON_MEDIA]: { schema: schemaOf(answer.schema, 'output'), example: answer.example } };
  const headers = { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } };
  return {
    operationId,
    tags: [tag],
    summary,
    description: description ?? summary,
    security: form === undefined ? [] : [{ client: [] }, {}],
    ...(form === undefined ? {} : { requestBody: requestBodyOf(form) }),
    responses: {
      200: { description: answer.description, headers, content },
      ...(form === undefined ? errorsOfRead(tellsWhenDown === true ? content : undefined) : errorsOfForm()),
    },
    'x-codeSamples': codeSamples(requestOfPlatform(operation)),
  };
}

function requestBodyOf({ schema, example }: NonNullable<PlatformOperation['form']>): unknown {
  const media = { schema: schemaOf(schema, 'input'), example };
  return { required: true, content: { [FORM_MEDIA]: media, [JSON_MEDIA]: media } };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): unknown {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { target: 'draft-2020-12', io });
  return json;
}

function errorsOfRead(whenDown: Record<string, unknown> | undefined): Record<string, unknown> {
  const unavailable = { description: 'The platform cannot work at the moment.', headers: RETRY_AFTER, content: whenDown };
  return {
    413: { $ref: '#/components/responses/PAYLOAD_TOO_LARGE' },
    429: { $ref: '#/components/responses/RATE_LIMIT_EXCEEDED' },
    ...(whenDown === undefined ? {} : { 503: unavailable }),
  };
}

const RETRY_AFTER = { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } };
const ERRORS_OF_FORMS: readonly [number, string, string, object?][] = [
  [400, 'invalid_request', 'The request, the grant or the scope is not good.'],
  [401, 'invalid_client', 'The client did not prove itself.', { 'WWW-Authenticate': { schema: { type: 'string' } } }],
  [413, 'invalid_request', 'The body is too large.'],
  [415, 'invalid_request', 'The body is neither a form nor JSON.'],
  [429, 'temporarily_unavailable', 'Too many failures or tokens; wait as long as `Retry-After` says.', RETRY_AFTER],
  [500, 'server_error', 'Something went wrong on our side.'],
  [503, 'temporarily_unavailable', 'Try again later.', RETRY_AFTER],
];

function errorsOfForm(): Record<string, unknown> {
  return Object.fromEntries(
    ERRORS_OF_FORMS.map(([status, error, description, headers]) => [
      status,
      {
        description,
        ...(headers === undefined ? {} : { headers }),
        content: {
          [JSON_MEDIA]: { schema: { $ref: '#/components/schemas/OAuthError' }, example: { error, error_description: description } },
        },
      },
    ]),
  );
}
