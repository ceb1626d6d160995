import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import type { Mode } from '@portico/contracts/caller';
import type { RateLimit, Tier } from '@portico/contracts/tiers';

/** A program of an integrator's that gets tokens in its own name. Its secret is nowhere: only the hash of it. */
export const OauthClient = defineEntity({
  name: 'OauthClient',
  tableName: 'oauth_client',
  properties: {
    id: p.string().columnType('text').primary(),
    accountId: p.string().columnType('text'),
    mode: p.string().columnType('text').$type<Mode>(),
    name: p.string().columnType('text'),
    /** SHA-256: the secret has 256 random bits, so that nothing is gained by guessing slowly. */
    secretHash: p.string().columnType('text'),
    secretHint: p.string().columnType('text'),
    /** The secret before the last rotation, good until its time. */
    previousSecretHash: p.string().columnType('text').nullable(),
    previousSecretUntil: p.datetime().length(3).nullable(),
    scopes: p.json<string[]>(),
    tier: p.string().columnType('text').$type<Tier>(),
    /** Set where the client has limits of its own. */
    quota: p.json<RateLimit>().nullable(),
    burst: p.json<RateLimit>().nullable(),
    status: p.string().columnType('text').$type<'active' | 'revoked'>(),
    createdAt: p.datetime().length(3),
    lastUsedAt: p.datetime().length(3).nullable(),
    revokedAt: p.datetime().length(3).nullable(),
    version: p.integer().version(),
  },
});
export type OauthClient = InferEntity<typeof OauthClient>;
