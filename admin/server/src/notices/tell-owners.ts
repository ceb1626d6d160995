// A webhook endpoint was disabled, or misses events: its account's owners get a letter. The caller tries again when this rejects, so owners
// whose letters the mail server has are remembered while the process lives, and get no second one because another's failed.
import type { TellOwners, WebhookNotice } from '@portico/contracts/webhook-notice';
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
    const { accountId, endpointId, reason, at } = notice;
    const { accountName, owners } = (await ownersOf(accountId)) ?? { accountName: '', owners: [] };
    const failures: unknown[] = [];
    for (const { id, email } of owners) {
      const key = `${endpointId} ${reason} ${at.toISOString()} ${id}`;
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
  notice: WebhookNotice,
  { to, accountName, portalOrigin }: { to: string; accountName: string; portalOrigin: string },
): Letter {
  const news = notice.reason === 'exhausted' ? 'misses events' : 'was disabled';
  const text = [...(notice.reason === 'exhausted' ? missesEvents(notice) : wasDisabled(notice)), howToReplay(portalOrigin), ''];
  return { to, subject: `A webhook of ${accountName} ${news}`, text: text.join('\n') };
}

function wasDisabled({ endpointId, url, mode, reason, at, failingSince }: WebhookNotice): string[] {
  const why =
    reason === 'gone'
      ? 'It answered an event with the status 410, which says that it wants no more.'
      : `It has not taken a single event since ${failingSince?.toISOString() ?? 'several days'}.`;
  return [
    `The webhook ${endpointId} (${mode} mode) at ${withoutQuery(url)} was disabled at ${at.toISOString()}.`,
    '',
    why,
    '',
    'Events for it are held and nothing is lost for 30 days. When the receiver works again, enable the webhook: what was held is sent then, in order.',
  ];
}

function missesEvents({ endpointId, url, mode, at, failingSince }: WebhookNotice): string[] {
  const since = failingSince === null ? '' : ` It has not taken any since ${failingSince.toISOString()}; after five days it is disabled.`;
  return [
    `The webhook ${endpointId} (${mode} mode) at ${withoutQuery(url)} did not take an event in any of its attempts; the last was at ${at.toISOString()}.${since}`,
    '',
    'The log of its deliveries shows what was sent and what came back. Until an event succeeds you get no second letter of this kind.',
  ];
}

function howToReplay(portalOrigin: string): string {
  return `Deliveries that ran out of attempts can be replayed: under ${portalOrigin}, or over the API.`;
}

/** Receivers put tokens into queries; a letter is no place for them. */
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
