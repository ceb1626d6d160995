import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** What one grant led to. Whoever refreshes or revokes locks this row: its tokens change one at a time. */
export const TokenFamily = defineEntity({
  name: 'TokenFamily',
  tableName: 'token_family',
  properties: {
    id: p.string().columnType('text').primary(),
    clientId: p.string().columnType('text'),
    /** What was granted first; a refresh may ask for less of it, never for more. */
    scopes: p.json<string[]>(),
    createdAt: p.datetime().length(3),
    /** When the newest refresh token ends. */
    expiresAt: p.datetime().length(3),
    revokedAt: p.datetime().length(3).nullable(),
  },
});
export type TokenFamily = InferEntity<typeof TokenFamily>;

/** A refresh token, by the hash of it. One that was used is kept until its family ends: a second use of it means that two have it. */
export const RefreshToken = defineEntity({
  name: 'RefreshToken',
  tableName: 'refresh_token',
  properties: {
    tokenHash: p.string().columnType('text').primary(),
    familyId: p.string().columnType('text'),
    issuedAt: p.datetime().length(3),
    expiresAt: p.datetime().length(3),
    usedAt: p.datetime().length(3).nullable(),
    replacedBy: p.string().columnType('text').nullable(),
  },
});
export type RefreshToken = InferEntity<typeof RefreshToken>;
