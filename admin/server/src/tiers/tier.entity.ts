import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import type { RateLimit, Tier } from '@portico/contracts/tiers';

/** What a plan allows at present; the contracts' numbers are what it began with. */
export const TierSettings = defineEntity({
  name: 'TierSettings',
  tableName: 'tier',
  properties: {
    name: p.string().columnType('text').primary().$type<Tier>(),
    quota: p.json<RateLimit>(),
    burst: p.json<RateLimit>(),
    changedAt: p.datetime().length(3),
  },
});
export type TierSettings = InferEntity<typeof TierSettings>;
