import { AppError, type ErrorCode } from '@portico/contracts/errors';
import type { AddressLimits } from '../limits/address-limits.ts';
import type { Answer } from '../rest/answer/answer.ts';
import type { RestRequest, Step } from '../rest/rest-request.ts';

const FAILURES: ReadonlySet<ErrorCode> = new Set(['AUTHENTICATION_ERROR', 'AUTHORIZATION_ERROR']);

/** Refuses addresses that fail to authenticate again and again, before anything of a request is looked at. Public routes are counted. */
export function limitAddress(addresses: AddressLimits): Step {
  return (request, next) => {
    const isPublic = request.endpoint?.access === 'public';
    // A public route that is not read takes credentials in its body, as that for tokens does.
    if (!isPublic || request.method === 'POST') addresses.refuseBlocked(request.remoteAddress);
    const counted = (): Promise<Answer> => countingFailures(request, next);
    return isPublic ? addresses.countPublic(request.remoteAddress).then(counted) : counted();
  };

  async function countingFailures(request: RestRequest, next: () => Promise<Answer>): Promise<Answer> {
    try {
      return await next();
    } catch (error) {
      // What fails for somebody who is known by then is no guess.
      const failed = request.credentials === undefined && error instanceof AppError && FAILURES.has(error.code);
      if (failed) await addresses.countFailure(request.remoteAddress);
      throw error;
    }
  }
}
