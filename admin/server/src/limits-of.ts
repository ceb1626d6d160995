import type { Mode } from '@portico/contracts/caller';
import { type RateLimit, TEST_MODE_FACTOR, type TierLimits } from '@portico/contracts/tiers';

/** The limits that hold for a credential: its own where set, else its tier's, times ten in test mode. */
export function limitsOf(
  credential: { mode: Mode; quota?: RateLimit | null | undefined; burst?: RateLimit | null | undefined },
  { quota, burst }: TierLimits,
): TierLimits {
  const factor = credential.mode === 'test' ? TEST_MODE_FACTOR : 1;
  const limitOf = (own: RateLimit | null | undefined, tier: RateLimit): RateLimit => own ?? { ...tier, limit: tier.limit * factor };
  return { quota: limitOf(credential.quota, quota), burst: limitOf(credential.burst, burst) };
}
