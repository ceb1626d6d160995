import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

export const Account = defineEntity({
  name: 'Account',
  tableName: 'account',
  properties: {
    id: p.string().columnType('text').primary(),
    /** The word by which people and the command line name it: `demo`. */
    slug: p.string().columnType('text'),
    name: p.string().columnType('text'),
    /** Origins whose pages may call the API from a browser. */
    allowedOrigins: p.json<string[]>(),
    createdAt: p.datetime().length(3),
  },
});
export type Account = InferEntity<typeof Account>;
