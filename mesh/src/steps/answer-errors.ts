import { AppError, ERRORS } from '@portico/contracts/errors';
import { translateDatabaseError } from '@portico/service-kit/database/database-errors';
import type { Logger } from '@portico/service-kit/logger';
import type { Answer } from '../rest/answer/answer.ts';
import { bearerChallenge } from '../rest/answer/challenge.ts';
import { errorAnswer } from '../rest/answer/error-answer.ts';
import { headerOf, type RestRequest, type Step } from '../rest/rest-request.ts';

export type ToAnswer = (error: unknown, request: RestRequest) => Answer;

/** Turns what was thrown into an answer; what nobody expected is logged whole. */
export function createToAnswer(options: { docsUrl: string; logger: Logger; now: () => Date }): ToAnswer {
  return (thrown, request) => {
    const error = translateDatabaseError(thrown);
    if (!(error instanceof AppError) || ERRORS[error.code].status >= 500) {
      options.logger.error({ err: thrown, requestId: request.requestId, route: request.endpoint?.operationId }, 'request failed');
    }
    const own = request.endpoint?.answerError?.(error);
    if (own !== undefined) return own;
    const { requestId, contract } = request;
    const answer = errorAnswer(error, { form: contract.conventions.error, requestId, docsUrl: options.docsUrl, now: options.now() });
    if (error instanceof AppError && error.code === 'METHOD_NOT_ALLOWED' && typeof error.details?.allow === 'string')
      answer.headers.allow = error.details.allow;
    const challenge = bearerChallenge(error, headerOf(request, 'authorization'));
    if (challenge !== undefined) answer.headers['www-authenticate'] = challenge;
    return answer;
  };
}

export function answerErrors(toAnswer: ToAnswer): Step {
  return async (request, next) => {
    try {
      return await next(request);
    } catch (error) {
      return toAnswer(error, request);
    }
  };
}
