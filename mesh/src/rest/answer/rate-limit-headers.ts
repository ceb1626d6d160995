import type { LimitOutcome } from '../../limits/limiter.ts';

export type ShownLimit = {
  /** `RateLimit-Policy`, as text. */
  readonly policy: string;
  readonly outcome: LimitOutcome;
};

/** Adds the limits that a request was counted by, as name and value: the usual headers, and those of draft-ietf-httpapi-ratelimit-headers-10. */
export function pushRateLimitHeaders(list: string[], { policy, outcome }: ShownLimit): void {
  const { tightest, remaining, resetAt, resetAfterSeconds } = outcome;
  list.push('x-ratelimit-limit', String(tightest.limit), 'x-ratelimit-remaining', String(remaining), 'x-ratelimit-reset', String(resetAt));
  list.push('ratelimit-policy', policy, 'ratelimit', `"${tightest.name}";r=${remaining};t=${resetAfterSeconds}`);
}
