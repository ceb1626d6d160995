// What each role may do, as the server has it: what a role may not do is not offered. The server decides all the same.
import type { OperatorRole } from '@portico/admin-server/people/person.entity';

const ADMIN: readonly OperatorRole[] = ['admin'];
const WORKERS: readonly OperatorRole[] = ['admin', 'support'];

const WHO = {
  'change accounts': ADMIN,
  'change credentials': WORKERS,
  'invite members': WORKERS,
  'invite owners': ADMIN,
  'change members': ADMIN,
  'act on webhooks': WORKERS,
  'answer tickets': WORKERS,
  'change tiers': ADMIN,
  'change signing keys': ADMIN,
  'see operators': ['admin', 'auditor'],
  'change operators': ADMIN,
} as const satisfies Record<string, readonly OperatorRole[]>;

export type Deed = keyof typeof WHO;

export function mayRole(role: OperatorRole | null | undefined, deed: Deed): boolean {
  const roles: readonly OperatorRole[] = WHO[deed];
  return role != null && roles.includes(role);
}
