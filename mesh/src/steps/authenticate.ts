import { AppError } from '@portico/contracts/errors';
import type { Authenticator, Credentials } from '../access/authenticator.ts';
import type { BearerAuthenticator } from '../access/bearer/bearer.ts';
import { readAuthorization } from '../access/read-authorization.ts';
import type { Answer } from '../rest/answer/answer.ts';
import { headerOf, type Next, type RestRequest, type Step } from '../rest/rest-request.ts';
import { idempotencyKeyOf } from './answer-idempotently.ts';

/** RFC 6750, 2.1. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

/** Finds out who asks. Public routes pass. */
export function authenticate(authenticator: Authenticator, bearer: BearerAuthenticator): Step {
  return (request, next) => {
    const access = request.endpoint?.access;
    if (access === undefined || access === 'public') return next(request);
    const token = bearerTokenOf(request);
    const credentials = token === undefined ? byKey(request) : byToken(request, token);
    return credentials instanceof Promise ? credentials.then((found) => admit(request, found, next)) : admit(request, credentials, next);
  };

  function byKey(request: RestRequest): Credentials | Promise<Credentials> {
    return authenticator.authenticate({
      method: request.method,
      target: request.target,
      apiKey: headerOf(request, 'x-api-key'),
      signature: headerOf(request, 'x-api-signature'),
      timestamp: headerOf(request, 'x-timestamp'),
      body: request.body,
      remoteAddress: request.remoteAddress,
      idempotencyKey: request.endpoint?.idempotent === true ? idempotencyKeyOf(request) : undefined,
    });
  }

  function byToken(request: RestRequest, token: string): Credentials | Promise<Credentials> {
    return headerOf(request, 'x-api-key') === undefined ? bearer.authenticate(token) : byBoth(request, token);
  }

  /** The key's limits and scopes hold; the token only has to be of the same account and mode. It is looked at first: a signature counts once. */
  async function byBoth(request: RestRequest, token: string): Promise<Credentials> {
    const { record } = await bearer.authenticate(token);
    const credentials = await byKey(request);
    if (credentials.record.accountId !== record.accountId || credentials.record.mode !== record.mode)
      throw new AppError('AUTHENTICATION_ERROR', 'The API key and the bearer token are not of the same account and mode.');
    return credentials;
  }
}

function bearerTokenOf(request: RestRequest): string | undefined {
  const authorization = readAuthorization(request);
  if (authorization?.scheme !== 'bearer') return undefined;
  if (!TOKEN.test(authorization.value)) throw new AppError('AUTHENTICATION_ERROR', 'The bearer token is malformed.');
  return authorization.value;
}

function admit(request: RestRequest, credentials: Credentials, next: Next): Promise<Answer> {
  const { record } = credentials;
  request.credentials = credentials;
  request.caller = {
    accountId: record.accountId,
    mode: record.mode,
    scopes: credentials.scopes,
    actor: record.id,
    requestId: request.requestId,
    traceparent: request.traceparent,
  };
  return next(request);
}
