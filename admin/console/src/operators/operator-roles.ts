import type { OperatorRole } from '@portico/admin-server/people/person.entity';

export const OPERATOR_ROLES: readonly { value: OperatorRole; label: string }[] = [
  { value: 'admin', label: 'admin: everything' },
  { value: 'support', label: 'support: keys, clients, webhooks, tickets' },
  { value: 'auditor', label: 'auditor: looks' },
];
