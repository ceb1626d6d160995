import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** From the least to the most that one may do. */
export const MEMBER_ROLES = ['viewer', 'developer', 'owner'] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

export const Member = defineEntity({
  name: 'Member',
  tableName: 'member',
  properties: {
    id: p.string().columnType('text').primary(),
    accountId: p.string().columnType('text'),
    email: p.string().columnType('text'),
    /** Null until somebody has proved to own the address. */
    personId: p.string().columnType('text').nullable(),
    role: p.string().columnType('text').$type<MemberRole>(),
    createdAt: p.datetime().length(3),
  },
});
export type Member = InferEntity<typeof Member>;

/** Whether a role may do what the needed one may. */
export function isAtLeast(role: MemberRole, needed: MemberRole): boolean {
  return MEMBER_ROLES.indexOf(role) >= MEMBER_ROLES.indexOf(needed);
}
