import type { Letter } from '../mail/mailer.ts';
import { SIDES, type Side } from '../sides.ts';

export type Letters = {
  verification(to: string, token: string): Letter;
  reset(to: string, token: string): Letter;
  alreadyThere(to: string): Letter;
  invitation(to: string, accountName: string, role: string): Letter;
};

/** What we write to people of one side. */
export function letters(side: Side, origin: string): Letters {
  const api = `${origin}${SIDES[side].prefix}/auth`;
  return {
    verification: (to, token) => ({
      to,
      subject: 'Confirm your e-mail address',
      text: `Open this link within an hour to confirm your address:\n\n${api}/verify-email?token=${encodeURIComponent(token)}\n`,
    }),
    reset: (to, token) => ({
      to,
      subject: 'Choose a new password',
      text: `With this code a new password can be chosen, once and within an hour:\n\n${token}\n\nIf you did not ask for it, nothing needs to be done.\n`,
    }),
    alreadyThere: (to) => ({
      to,
      subject: 'You have a Portico sign-in already',
      text: 'Somebody, probably you, asked for a sign-in with this address. There is one already: sign in, or ask for a new password.\n',
    }),
    invitation: (to, accountName, role) => ({
      to,
      subject: 'You have been invited to an account on Portico',
      text: `You may now work on the account ${accountName}, as ${role}. Sign in with this address, or sign up with it first: ${origin}\n`,
    }),
  };
}
