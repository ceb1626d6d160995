import type { MailSettings } from './mail/mailer.ts';
import type { Side } from './sides.ts';

/** What the sides on which people sign in are set up with. */
export type PeopleSettings = {
  mail: MailSettings;
  /** Origin of the developers' pages, as `https://developers.example.com`. */
  portalOrigin: string;
  /** Origin of the operators' pages. */
  consoleOrigin: string;
  /** Addresses and CIDR blocks of the proxies in front of both sides, whose word on a client's address is taken; the gateway's own. */
  trustedProxies: readonly string[];
  /** Folders of the pages that were built; a side without one has its procedures alone. */
  pages?: Readonly<Partial<Record<Side, string>>>;
  /** Tries of one address in a minute, for each of sign-in, sign-up, reset and the second factor. */
  triesPerMinute?: number;
};

export const TRIES_PER_MINUTE = 10;
