import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

export const OPERATOR_ROLES = ['admin', 'support', 'auditor'] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/** Somebody who can sign in: to the developers' side, and to the operators' where there is a role. Passwords and sessions are better-auth's. */
export const Person = defineEntity({
  name: 'Person',
  tableName: 'person',
  properties: {
    id: p.string().columnType('text').primary(),
    name: p.string().columnType('text'),
    email: p.string().columnType('text'),
    emailVerified: p.boolean(),
    twoFactorEnabled: p.boolean(),
    operatorRole: p.string().columnType('text').nullable().$type<OperatorRole>(),
    createdAt: p.datetime().length(3),
    updatedAt: p.datetime().length(3),
  },
});
export type Person = InferEntity<typeof Person>;
