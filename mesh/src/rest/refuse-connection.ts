import { newId } from '@portico/contracts/ids';
import type { ToRefusal } from '@portico/service-kit/http/http-refusals';
import type { Logger } from '@portico/service-kit/logger';
import { errorAnswer } from './answer/error-answer.ts';
import type { ContractVersion } from './declare/version.ts';
import { edgeHeaders } from './send-answer.ts';

/** What is told to whom the listener does not let in, with an id that is in the log too. `contract`: whose errors they are, for nobody knows what was asked. */
export function refuseConnection(options: {
  contract: ContractVersion;
  docsUrl: string;
  secure: boolean;
  logger: Logger;
  now: () => Date;
}): ToRefusal {
  const { contract, docsUrl, secure, logger, now } = options;
  return (error) => {
    const requestId = newId('request');
    const { status, headers, body } = errorAnswer(error, { form: contract.conventions.error, requestId, docsUrl, now: now() });
    logger.info({ requestId, status, code: error.code, reason: error.message }, 'request refused');
    return { status, headers: { ...edgeHeaders(requestId, secure, contract), ...headers }, body: String(body ?? '') };
  };
}
