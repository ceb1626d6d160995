import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** One change that somebody made to an account or its credentials. Never changed, never deleted: a trigger sees to it. */
export const AdminAction = defineEntity({
  name: 'AdminAction',
  tableName: 'admin_log',
  properties: {
    id: p.uuid().primary(),
    at: p.datetime().length(3),
    /** A person's or a program's id. */
    actor: p.string().columnType('text'),
    /** `api_key.rotated`. */
    action: p.string().columnType('text'),
    /** Id of what was changed. */
    target: p.string().columnType('text'),
    before: p.json<Readonly<Record<string, unknown>>>().nullable(),
    after: p.json<Readonly<Record<string, unknown>>>().nullable(),
  },
});
export type AdminAction = InferEntity<typeof AdminAction>;
