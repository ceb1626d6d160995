import { AppError, type ErrorCode } from '@portico/contracts/errors';
import type { AddressLimits } from '../limits/address-limits.ts';
import type { Answer } from '../rest/answer/answer.ts';
import type { Next, RestRequest, Step } from '../rest/rest-request.ts';

const FAILURES: ReadonlySet<ErrorCode> = new Set(['AUTHENTICATION_ERROR', 'AUTHORIZATION_ERROR']);

/** Refuses addresses that fail to authenticate again and again, before anything of a request is looked at. Public routes are counted. */
export function limitAddress(addresses: AddressLimits): Step {
  return (request, next) => {
    const isPublic = request.endpoint?.access === 'public';
    // A public route that is not read takes credentials in its body, as that for tokens does.
    if (!isPublic || request.method === 'POST') addresses.refuseBlocked(request.remoteAddress);
    if (!isPublic) return countingFailures(request, next);
    return addresses.countPublic(request.remoteAddress).then(() => countingFailures(request, next));
  };

  function countingFailures(request: RestRequest, next: Next): Promise<Answer> {
    let answer: Promise<Answer>;
    try {
      answer = next(request);
    } catch (error) {
      return failed(request, error);
    }
    // Who is known by now stays known, and what fails for somebody who is known is no guess.
    return request.credentials === undefined ? answer.catch((error: unknown) => failed(request, error)) : answer;
  }

  async function failed(request: RestRequest, error: unknown): Promise<never> {
    const isGuess = request.credentials === undefined && error instanceof AppError && FAILURES.has(error.code);
    if (isGuess) await addresses.countFailure(request.remoteAddress);
    throw error;
  }
}
