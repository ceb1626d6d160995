import { createAccount } from './developer/accounts/create-account.ts';
import { getAccount } from './developer/accounts/get-account.ts';
import { updateAccount } from './developer/accounts/update-account.ts';
import { createKey } from './developer/api-keys/create-key.ts';
import { getKey } from './developer/api-keys/get-key.ts';
import { listKeys } from './developer/api-keys/list-keys.ts';
import { regenerateKey } from './developer/api-keys/regenerate-key.ts';
import { revokeKey } from './developer/api-keys/revoke-key.ts';
import { rotateKey } from './developer/api-keys/rotate-key.ts';
import { updateKey } from './developer/api-keys/update-key.ts';
import { getMe } from './developer/me/get-me.ts';
import { changeMemberRole } from './developer/members/change-member-role.ts';
import { inviteMember } from './developer/members/invite-member.ts';
import { listMembers } from './developer/members/list-members.ts';
import { removeMember } from './developer/members/remove-member.ts';
import { closeTicket } from './developer/tickets/close-ticket.ts';
import { getTicket } from './developer/tickets/get-ticket.ts';
import { listTickets } from './developer/tickets/list-tickets.ts';
import { openTicket } from './developer/tickets/open-ticket.ts';
import { replyToTicket } from './developer/tickets/reply-to-ticket.ts';
import { listTiers } from './developer/tiers/list-tiers.ts';
import { router } from './procedures.ts';

/** What developers may do for themselves, on the accounts they are members of. */
export const developerRouter = router({
  me: router({ get: getMe }),
  accounts: router({ create: createAccount, get: getAccount, update: updateAccount }),
  members: router({ list: listMembers, invite: inviteMember, changeRole: changeMemberRole, remove: removeMember }),
  apiKeys: router({
    list: listKeys,
    get: getKey,
    create: createKey,
    update: updateKey,
    revoke: revokeKey,
    regenerate: regenerateKey,
    rotate: rotateKey,
  }),
  tiers: router({ list: listTiers }),
  tickets: router({ list: listTickets, get: getTicket, open: openTicket, reply: replyToTicket, close: closeTicket }),
});
export type DeveloperRouter = typeof developerRouter;
