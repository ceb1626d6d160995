// What a plan allows. Numbers from PRD FR-016 and FR-018; an account's administrator may set others per key.

/** `limit` requests in each window of `windowSeconds`; windows are aligned to the clock. */
export type RateLimit = { limit: number; windowSeconds: number };
export type TierLimits = { quota: RateLimit; burst: RateLimit };

const HOUR = 3600;
const MINUTE = 60;
const burst: RateLimit = { limit: 100, windowSeconds: MINUTE };

export const TIERS = {
  free: { quota: { limit: 100, windowSeconds: HOUR }, burst },
  pro: { quota: { limit: 1_000, windowSeconds: HOUR }, burst },
  enterprise: { quota: { limit: 10_000, windowSeconds: HOUR }, burst },
} as const satisfies Record<string, TierLimits>;

export type Tier = keyof typeof TIERS;
export const TIER_NAMES = Object.keys(TIERS) as [Tier, ...Tier[]];
export const DEFAULT_TIER: Tier = 'pro';

/** Test mode may do this many times what live mode may. */
export const TEST_MODE_FACTOR = 10;
