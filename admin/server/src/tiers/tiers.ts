import { invalid } from '@portico/contracts/errors';
import type { Tier } from '@portico/contracts/tiers';
import { parseInput } from '@portico/service-kit/parse-input';
import { z } from 'zod';
import { keyInput, rateLimit } from '../api-keys/key-input.ts';
import { announceEveryCredential } from '../change-feed.ts';
import type { AdminContext } from '../context.ts';
import { TierSettings } from './tier.entity.ts';

export const tierInput = z.object({ tier: keyInput.shape.tier.unwrap(), quota: rateLimit.optional(), burst: rateLimit.optional() });

export function listTiers({ database }: AdminContext): Promise<TierSettings[]> {
  return database.fork().find(TierSettings, {}, { orderBy: { name: 'asc' } });
}

export function findTier({ database }: AdminContext, name: Tier): Promise<TierSettings> {
  return database.fork().findOneOrFail(TierSettings, { name });
}

/** Changes what a plan allows. It holds on every gateway within a second, for keys without limits of their own. */
export function updateTier({ database, now }: AdminContext, given: z.input<typeof tierInput>): Promise<TierSettings> {
  const { tier, ...limits } = parseInput(tierInput, given);
  if (limits.quota === undefined && limits.burst === undefined) throw invalid({ quota: 'Either this or the burst is required.' });
  return database.fork().transactional(async (em) => {
    const settings = await em.findOneOrFail(TierSettings, { name: tier });
    if (limits.quota !== undefined) settings.quota = limits.quota;
    if (limits.burst !== undefined) settings.burst = limits.burst;
    settings.changedAt = now();
    await em.flush();
    await announceEveryCredential(em);
    return settings;
  });
}
