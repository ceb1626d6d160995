import { createAccount } from './developer/accounts/create-account.ts';
import { getAccount } from './developer/accounts/get-account.ts';
import { updateAccount } from './developer/accounts/update-account.ts';
import { listAdminLog } from './developer/admin-log/list-admin-log.ts';
import { createKey } from './developer/api-keys/create-key.ts';
import { getKey } from './developer/api-keys/get-key.ts';
import { getKeyUsage } from './developer/api-keys/get-key-usage.ts';
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
import { createClient } from './developer/oauth-clients/create-client.ts';
import { getClient } from './developer/oauth-clients/get-client.ts';
import { listClients } from './developer/oauth-clients/list-clients.ts';
import { revokeClient } from './developer/oauth-clients/revoke-client.ts';
import { rotateClientSecret } from './developer/oauth-clients/rotate-client-secret.ts';
import { updateClient } from './developer/oauth-clients/update-client.ts';
import { closeTicket } from './developer/tickets/close-ticket.ts';
import { getTicket } from './developer/tickets/get-ticket.ts';
import { listTickets } from './developer/tickets/list-tickets.ts';
import { openTicket } from './developer/tickets/open-ticket.ts';
import { replyToTicket } from './developer/tickets/reply-to-ticket.ts';
import { listTiers } from './developer/tiers/list-tiers.ts';
import { errorsByCode } from './developer/usage/errors-by-code.ts';
import { latency } from './developer/usage/latency.ts';
import { listRequests } from './developer/usage/list-requests.ts';
import { rateLimitViolations } from './developer/usage/rate-limit-violations.ts';
import { requestsPerDay } from './developer/usage/requests-per-day.ts';
import { router } from './procedures.ts';
import { DEVELOPERS } from './webhooks/webhook-access.ts';
import { webhookRouters } from './webhooks/webhook-routers.ts';

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
    usage: getKeyUsage,
  }),
  oauthClients: router({
    list: listClients,
    get: getClient,
    create: createClient,
    update: updateClient,
    revoke: revokeClient,
    rotateSecret: rotateClientSecret,
  }),
  usage: router({ requestsPerDay, errorsByCode, latency, violations: rateLimitViolations }),
  requestLog: router({ list: listRequests }),
  adminLog: router({ list: listAdminLog }),
  tiers: router({ list: listTiers }),
  tickets: router({ list: listTickets, get: getTicket, open: openTicket, reply: replyToTicket, close: closeTicket }),
  ...webhookRouters(DEVELOPERS),
});
export type DeveloperRouter = typeof developerRouter;
