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
  const pages = `${origin}${SIDES[side].pages}`;
  return {
    verification: (to, token) => ({
      to,
      subject: 'Confirm your e-mail address',
      text: `Open this link within an hour to confirm your address:\n\n${pages}/confirm-address?token=${encodeURIComponent(token)}\n`,
    }),
    reset: (to, token) => ({
      to,
      subject: 'Choose a new password',
      text: `Open this link within an hour to choose a new password, once:\n\n${pages}/choose-password?token=${encodeURIComponent(token)}\n\nIf you did not ask for it, nothing needs to be done.\n`,
    }),
    alreadyThere: (to) => ({
      to,
      subject: 'You have a Portico sign-in already',
      text: `Somebody, probably you, asked for a sign-in with this address. There is one already. Sign in, or ask for a new password:\n\n${pages}/sign-in\n`,
    }),
    invitation: (to, accountName, role) => ({
      to,
      subject: 'You have been invited to an account on Portico',
      text: `You may now work on the account ${accountName}, as ${role}. To accept, sign in with this address, or sign up with it first:\n\n${pages}/accept-invitation?email=${encodeURIComponent(to)}\n`,
    }),
  };
}
