import { newId } from '@portico/contracts/ids';
import type { ToRefusal } from '@portico/service-kit/http/http-refusals';
import type { Logger } from '@portico/service-kit/logger';
import { errorAnswer } from './answer/error-answer.ts';
import { edgeHeaders } from './send-answer.ts';

/** What is told to whom the listener does not let in: an error of the one shape, with an id that is in the log too. */
export function refuseConnection(options: { docsUrl: string; secure: boolean; logger: Logger; now: () => Date }): ToRefusal {
  const { docsUrl, secure, logger, now } = options;
  return (error) => {
    const requestId = newId('request');
    const { status, headers, body } = errorAnswer(error, requestId, docsUrl, now());
    logger.info({ requestId, status, code: error.code, reason: error.message }, 'request refused');
    return { status, headers: { ...edgeHeaders(requestId, secure), ...headers }, body: String(body ?? '') };
  };
}
