import type { MailSettings } from './mail/mailer.ts';

/** What the sides on which people sign in are set up with. */
export type PeopleSettings = {
  mail: MailSettings;
  /** Origin of the developers' pages, as `https://developers.example.com`. */
  portalOrigin: string;
  /** Origin of the operators' pages. */
  consoleOrigin: string;
  /** Tries of one address in a minute, for each of sign-in, sign-up, reset and the second factor. */
  triesPerMinute?: number;
};

export const TRIES_PER_MINUTE = 10;
