import { AppError } from '@portico/contracts/errors';
import type { AddressLimits } from '../limits/address-limits.ts';
import type { Answer } from '../rest/answer/answer.ts';
import { headerOf, type RestRequest, type Step } from '../rest/rest-request.ts';
import type { Match, Router } from '../rest/router.ts';

/** Request headers that a page of another origin may send. */
const SENT_HEADERS =
  'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-API-Key, X-API-Signature, X-Idempotency-Key, X-Request-Id, X-Timestamp';
const PREFLIGHT_SECONDS = 600;

/**
 * Finds the endpoint. NOT_FOUND for an unknown path, METHOD_NOT_ALLOWED with `Allow` for a known one; answers OPTIONS. These three come from
 * anybody, so they are counted by address.
 */
export function findRoute(router: Router, addresses: Pick<AddressLimits, 'countStray'>): Step {
  return (request, next) => {
    const match = router.find(request.path);
    request.template = match?.template;
    const endpoint = request.method === 'OPTIONS' ? undefined : match?.methods.get(request.method === 'HEAD' ? 'GET' : request.method);
    if (match === undefined || endpoint === undefined)
      return addresses.countStray(request.remoteAddress).then(() => astray(request, match));
    request.endpoint = endpoint;
    request.params = match.params;
    return next(request);
  };
}

function astray(request: RestRequest, match: Match | undefined): Answer {
  const path = request.path.slice(0, 200);
  if (match === undefined) throw new AppError('NOT_FOUND', `There is nothing at ${path}.`);
  const { allow } = match;
  if (request.method === 'OPTIONS') return options(request, allow);
  throw new AppError('METHOD_NOT_ALLOWED', `${path} answers to ${allow}.`, { details: { allow } });
}

function options(request: RestRequest, allow: string): Answer {
  const headers: Record<string, string> = { allow, vary: 'Origin' };
  const origin = headerOf(request, 'origin');
  // Which origins an account allows is known only with its key, which a preflight does not carry. It promises nothing: the answer to the
  // request itself is readable only for an allowed origin.
  if (origin !== undefined && headerOf(request, 'access-control-request-method') !== undefined) {
    headers['access-control-allow-origin'] = origin;
    headers['access-control-allow-methods'] = allow;
    headers['access-control-allow-headers'] = SENT_HEADERS;
    headers['access-control-max-age'] = String(PREFLIGHT_SECONDS);
  }
  return { status: 204, headers, body: undefined };
}
