import type { MemberRole } from '../../members/member.entity.ts';
import type { OperatorRole, Person } from '../../people/person.entity.ts';
import type { CallContext } from '../context.ts';
import { requireMember, requireOperator } from '../procedures.ts';

/** Throws unless the person may do this in the account. */
export type Guard = (context: Pick<CallContext, 'admin'> & { person: Person }, accountId: string) => Promise<unknown>;

/** Who may look at an account's webhooks, and who may act on them. */
export type WebhookAccess = { readonly read: Guard; readonly act: Guard };

const members =
  (role: MemberRole): Guard =>
  (context, accountId) =>
    requireMember(context, accountId, role);
const operators =
  (...roles: readonly OperatorRole[]): Guard =>
  (context) =>
    requireOperator(context, roles);

export const DEVELOPERS: WebhookAccess = { read: members('viewer'), act: members('developer') };
export const OPERATORS: WebhookAccess = { read: operators('admin', 'support', 'auditor'), act: operators('admin', 'support') };
