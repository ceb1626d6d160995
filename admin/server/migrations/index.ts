import { Access } from './0001-access.ts';
import { Oauth } from './0002-oauth.ts';
import { Audit } from './0003-audit.ts';
import { People } from './0004-people.ts';
import { LogOfAccount } from './0005-log-of-account.ts';
import { SignInAttempts } from './0006-sign-in-attempts.ts';
import { RequestLogByCopy } from './0007-request-log-by-copy.ts';
import { SignInGuesses } from './0008-sign-in-guesses.ts';
import { RequestLogWriters } from './0009-request-log-writers.ts';
import { AcceptedInvitations } from './0010-accepted-invitations.ts';
import { UsedCodes } from './0011-used-codes.ts';
import { ChangeAttempts } from './0012-change-attempts.ts';
import { TicketsByActivity } from './0013-tickets-by-activity.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = {
  '0001-access': Access,
  '0002-oauth': Oauth,
  '0003-audit': Audit,
  '0004-people': People,
  '0005-log-of-account': LogOfAccount,
  '0006-sign-in-attempts': SignInAttempts,
  '0007-request-log-by-copy': RequestLogByCopy,
  '0008-sign-in-guesses': SignInGuesses,
  '0009-request-log-writers': RequestLogWriters,
  '0010-accepted-invitations': AcceptedInvitations,
  '0011-used-codes': UsedCodes,
  '0012-change-attempts': ChangeAttempts,
  '0013-tickets-by-activity': TicketsByActivity,
};
