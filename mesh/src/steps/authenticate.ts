import type { Authenticator, Credentials } from '../access/authenticator.ts';
import type { Answer } from '../rest/answer/answer.ts';
import { headerOf, type RestRequest, type Step } from '../rest/rest-request.ts';
import { idempotencyKeyOf } from './answer-idempotently.ts';

/** Finds out who asks. Public routes pass. */
export function authenticate(authenticator: Authenticator): Step {
  return (request, next) => {
    const access = request.endpoint?.access;
    if (access === undefined || access === 'public') return next();
    const credentials = authenticator.authenticate({
      method: request.method,
      target: request.target,
      apiKey: headerOf(request, 'x-api-key'),
      signature: headerOf(request, 'x-api-signature'),
      timestamp: headerOf(request, 'x-timestamp'),
      body: request.body,
      remoteAddress: request.remoteAddress,
      idempotencyKey: request.endpoint?.idempotent === true ? idempotencyKeyOf(request) : undefined,
    });
    return credentials instanceof Promise ? credentials.then((found) => admit(request, found, next)) : admit(request, credentials, next);
  };
}

function admit(request: RestRequest, credentials: Credentials, next: () => Promise<Answer>): Promise<Answer> {
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
  return next();
}
