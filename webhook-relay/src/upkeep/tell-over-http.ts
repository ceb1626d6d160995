import { AppError } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import { type TellOwners, WEBHOOK_NOTICE_PATH } from '@portico/contracts/webhook-notice';
import { CALLER_HEADER, signCaller } from '@portico/service-kit/graph/caller-header';

export type TellOverHttpOptions = {
  /** `/graphql` of a gateway's internal listener: notices are taken beside it. */
  readonly graphUrl: string;
  readonly internalSecret: string;
  readonly timeoutMs: number;
};

/** Leaves notices with the admin service. Rejects with SERVICE_UNAVAILABLE unless it says that the letters are on their way. */
export function tellOverHttp({ graphUrl, internalSecret, timeoutMs }: TellOverHttpOptions): TellOwners {
  const url = new URL(WEBHOOK_NOTICE_PATH, graphUrl);
  return async (notice) => {
    const { accountId, mode } = notice;
    const caller = { accountId, mode, scopes: new Set<string>(), actor: 'service:webhooks', requestId: newId('request') };
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [CALLER_HEADER]: signCaller(caller, internalSecret) },
      body: JSON.stringify(notice),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      throw new AppError('SERVICE_UNAVAILABLE', 'Notices cannot be left at the moment.', { retryAfterSeconds: 5, cause });
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new AppError('SERVICE_UNAVAILABLE', `A notice was answered with the status ${answer.status}.`);
  };
}
