// A webhook endpoint was disabled: its account's owners get a letter. What called this calls again when it rejects, so an owner whose letter the
// mail server has is remembered for as long as the process lives, and gets no second one because another's failed.
import type { DisabledNotice, TellOwners } from '@portico/contracts/disabled-notice';
import type { Logger } from '@portico/service-kit/logger';
import { LRUCache } from 'lru-cache';
import { isRefusedForGood, type Letter, type Mailer } from '../mail/mailer.ts';
import type { AccountOwners } from '../members/memberships.ts';

export type OwnersOptions = {
  /** Undefined for an account that is no more. */
  readonly ownersOf: (accountId: string) => Promise<AccountOwners | undefined>;
  readonly mailer: Pick<Mailer, 'send'>;
  /** Where owners sign in. */
  readonly portalOrigin: string;
  readonly logger: Logger;
};

const REMEMBERED = 10_000;

/** Rejects when a letter could not be handed over and may be later. An account without owners has nobody to tell: the log and the graph say it. */
export function createTellOwners({ ownersOf, mailer, portalOrigin, logger }: OwnersOptions): TellOwners {
  const told = new LRUCache<string, true>({ max: REMEMBERED });
  return async (notice) => {
    const { accountId, endpointId, disabledAt } = notice;
    const { accountName, owners } = (await ownersOf(accountId)) ?? { accountName: '', owners: [] };
    const failures: unknown[] = [];
    for (const { id, email } of owners) {
      const key = `${endpointId} ${disabledAt.toISOString()} ${id}`;
      if (told.has(key)) continue;
      try {
        await mailer.send(letterOf(notice, { to: email, accountName, portalOrigin }));
        told.set(key, true);
      } catch (err) {
        if (isRefusedForGood(err))
          logger.error({ err, endpointId, accountId, operation: 'tell owners' }, 'the mail server refused a letter');
        else failures.push(err);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Not every owner could be written to.');
  };
}

function letterOf(
  { endpointId, url, mode, reason, disabledAt, failingSince }: DisabledNotice,
  { to, accountName, portalOrigin }: { to: string; accountName: string; portalOrigin: string },
): Letter {
  const why =
    reason === 'gone'
      ? 'It answered an event with the status 410, which says that it wants no more.'
      : `It has not taken a single event since ${failingSince?.toISOString() ?? 'several days'}.`;
  return {
    to,
    subject: `A webhook of ${accountName} was disabled`,
    text: [
      `The webhook ${endpointId} (${mode} mode) at ${withoutQuery(url)} was disabled at ${disabledAt.toISOString()}.`,
      '',
      why,
      '',
      'Events for it are held and nothing is lost for 30 days. When the receiver works again, enable the webhook: what was held is sent then, in order.',
      `Deliveries that ran out of attempts can be replayed. Both are done under ${portalOrigin}, or over the API.`,
      '',
    ].join('\n'),
  };
}

/** Receivers put tokens into queries; a letter is no place for them. */
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
