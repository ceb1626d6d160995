// Where other programs leave notices when they are processes of their own. Only those that know the shared secret are heard.
import type { IncomingMessage, RequestListener } from 'node:http';
import { json } from 'node:stream/consumers';
import { AppError, ERRORS, invalid } from '@portico/contracts/errors';
import { NOTICES_PREFIX, type TellOwners, WEBHOOK_NOTICE_PATH, webhookNotice } from '@portico/contracts/webhook-notice';
import { CALLER_HEADER, readCallerHeader } from '@portico/service-kit/graph/caller-header';
import type { Logger } from '@portico/service-kit/logger';
import { parseInput } from '@portico/service-kit/parse-input';
import type { Mount } from '../open-sides.ts';

const TELLER = 'service:webhooks';
const BODY_BYTES_MAX = 16 * 1024;

/** 204: the letters are with the mail server. Anything else: the notice is to come again. */
export function noticeMount({
  tellOwners,
  internalSecret,
  logger,
}: {
  tellOwners: TellOwners;
  internalSecret: string;
  logger: Logger;
}): Mount {
  const handler: RequestListener = (req, res) => {
    take(req, { tellOwners, internalSecret }).then(
      () => res.writeHead(204).end(),
      (err: unknown) => {
        const code = err instanceof AppError ? err.code : 'SERVICE_UNAVAILABLE';
        if (!(err instanceof AppError))
          logger.error({ err, operation: 'take a notice' }, 'owners could not be told; the notice comes again');
        const text = JSON.stringify({ error: { code } });
        res.writeHead(ERRORS[code].status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
      },
    );
  };
  return { prefix: NOTICES_PREFIX, handler };
}

async function take(req: IncomingMessage, { tellOwners, internalSecret }: { tellOwners: TellOwners; internalSecret: string }) {
  if (req.url !== WEBHOOK_NOTICE_PATH) throw new AppError('NOT_FOUND');
  if (req.method !== 'POST') throw new AppError('METHOD_NOT_ALLOWED');
  const header = req.headers[CALLER_HEADER];
  const { actor, accountId, mode } = readCallerHeader(Array.isArray(header) ? undefined : header, internalSecret);
  if (actor !== TELLER) throw new AppError('AUTHORIZATION_ERROR');
  if (!(Number(req.headers['content-length']) <= BODY_BYTES_MAX)) throw new AppError('PAYLOAD_TOO_LARGE');
  const body = await json(req).catch((cause: unknown) => {
    throw new AppError('VALIDATION_ERROR', 'The body is no JSON.', { cause });
  });
  const notice = parseInput(webhookNotice, body);
  if (notice.accountId !== accountId || notice.mode !== mode) throw invalid({ accountId: 'It must be the one whose notice it is.' });
  await tellOwners(notice);
}
