import { createAccount } from './operator/accounts/create-account.ts';
import { getAccount } from './operator/accounts/get-account.ts';
import { listAccounts } from './operator/accounts/list-accounts.ts';
import { updateAccount } from './operator/accounts/update-account.ts';
import { listAdminLog } from './operator/admin-log/list-admin-log.ts';
import { createKey } from './operator/api-keys/create-key.ts';
import { getKey } from './operator/api-keys/get-key.ts';
import { getKeyUsage } from './operator/api-keys/get-key-usage.ts';
import { listKeys } from './operator/api-keys/list-keys.ts';
import { regenerateKey } from './operator/api-keys/regenerate-key.ts';
import { revokeKey } from './operator/api-keys/revoke-key.ts';
import { rotateKey } from './operator/api-keys/rotate-key.ts';
import { updateKey } from './operator/api-keys/update-key.ts';
import { getMe } from './operator/me/get-me.ts';
import { changeMemberRole } from './operator/members/change-member-role.ts';
import { inviteMember } from './operator/members/invite-member.ts';
import { listMembers } from './operator/members/list-members.ts';
import { removeMember } from './operator/members/remove-member.ts';
import { createClient } from './operator/oauth-clients/create-client.ts';
import { getClient } from './operator/oauth-clients/get-client.ts';
import { listClients } from './operator/oauth-clients/list-clients.ts';
import { revokeClient } from './operator/oauth-clients/revoke-client.ts';
import { rotateClientSecret } from './operator/oauth-clients/rotate-client-secret.ts';
import { updateClient } from './operator/oauth-clients/update-client.ts';
import { changeOperatorRole } from './operator/operators/change-operator-role.ts';
import { createOperator } from './operator/operators/create-operator.ts';
import { listOperators } from './operator/operators/list-operators.ts';
import { listSigningKeys } from './operator/signing-keys/list-signing-keys.ts';
import { rotateSigningKey } from './operator/signing-keys/rotate-signing-key.ts';
import { withdrawSigningKey } from './operator/signing-keys/withdraw-signing-key.ts';
import { closeTicket } from './operator/tickets/close-ticket.ts';
import { getTicket } from './operator/tickets/get-ticket.ts';
import { listTickets } from './operator/tickets/list-tickets.ts';
import { replyToTicket } from './operator/tickets/reply-to-ticket.ts';
import { listTiers } from './operator/tiers/list-tiers.ts';
import { tierConcerned } from './operator/tiers/tier-concerned.ts';
import { updateTier } from './operator/tiers/update-tier.ts';
import { errorsByCode } from './operator/usage/errors-by-code.ts';
import { latency } from './operator/usage/latency.ts';
import { listRequests } from './operator/usage/list-requests.ts';
import { rateLimitViolations } from './operator/usage/rate-limit-violations.ts';
import { requestsPerDay } from './operator/usage/requests-per-day.ts';
import { violationsByKey } from './operator/usage/violations-by-key.ts';
import { router } from './procedures.ts';
import { OPERATORS } from './webhooks/webhook-access.ts';
import { webhookRouters } from './webhooks/webhook-routers.ts';

/** What operators may do, on every account. */
export const operatorRouter = router({
  me: router({ get: getMe }),
  accounts: router({ list: listAccounts, get: getAccount, create: createAccount, update: updateAccount }),
  members: router({ list: listMembers, invite: inviteMember, changeRole: changeMemberRole, remove: removeMember }),
  operators: router({ list: listOperators, create: createOperator, changeRole: changeOperatorRole }),
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
  usage: router({ requestsPerDay, errorsByCode, latency, violations: rateLimitViolations, violationsByKey }),
  requestLog: router({ list: listRequests }),
  adminLog: router({ list: listAdminLog }),
  signingKeys: router({ list: listSigningKeys, rotate: rotateSigningKey, withdraw: withdrawSigningKey }),
  tiers: router({ list: listTiers, concerned: tierConcerned, update: updateTier }),
  tickets: router({ list: listTickets, get: getTicket, reply: replyToTicket, close: closeTicket }),
  ...webhookRouters(OPERATORS),
});
export type OperatorRouter = typeof operatorRouter;
