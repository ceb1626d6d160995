import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import type { SignatureScheme } from '@portico/contracts/access-records';
import type { Mode } from '@portico/contracts/caller';
import type { RateLimit, Tier } from '@portico/contracts/tiers';
import { sealedText } from '@portico/service-kit/sealing/sealed-columns';

/** The key itself is nowhere: only its hash, and its secret sealed. */
export const ApiKey = defineEntity({
  name: 'ApiKey',
  tableName: 'api_key',
  properties: {
    id: p.string().columnType('text').primary(),
    accountId: p.string().columnType('text'),
    mode: p.string().columnType('text').$type<Mode>(),
    name: p.string().columnType('text'),
    keyHash: p.string().columnType('text'),
    keyHint: p.string().columnType('text'),
    secretSealed: p.string().columnType('text'),
    scopes: p.json<string[]>(),
    tier: p.string().columnType('text').$type<Tier>(),
    /** Set where the key has limits of its own. */
    quota: p.json<RateLimit>().nullable(),
    burst: p.json<RateLimit>().nullable(),
    signatures: p.json<SignatureScheme[]>(),
    allowedAddresses: p.json<string[]>(),
    status: p.string().columnType('text').$type<'active' | 'revoked'>(),
    createdAt: p.datetime().length(3),
    lastUsedAt: p.datetime().length(3).nullable(),
    expiresAt: p.datetime().length(3),
    revokedAt: p.datetime().length(3).nullable(),
    replacedBy: p.string().columnType('text').nullable(),
    version: p.integer().version(),
  },
});
export type ApiKey = InferEntity<typeof ApiKey>;

export const signingSecret = sealedText('access.api_key.secret');
