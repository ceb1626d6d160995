import type { MemberRole } from '@portico/admin-server/members/member.entity';

/** From the least to the most that one may do. */
export const MEMBER_ROLES: readonly { value: MemberRole; label: string }[] = [
  { value: 'viewer', label: 'viewer: looks' },
  { value: 'developer', label: 'developer: keys, clients, webhooks, tickets' },
  { value: 'owner', label: 'owner: members and settings too' },
];
