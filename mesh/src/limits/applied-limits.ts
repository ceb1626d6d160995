import { type RateLimit, TEST_MODE_FACTOR, TIERS } from '@portico/contracts/tiers';
import type { AccessRecord } from '@portico/contracts/token-service';
import type { Endpoint } from '../rest/rest-request.ts';
import type { Limit, LimitRequest } from './limiter.ts';

export type AppliedLimits = {
  readonly request: LimitRequest;
  /** `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10): all of them, whichever is the tightest now. */
  readonly policy: string;
};

export type LimitsOf = (record: AccessRecord, endpoint: Endpoint) => AppliedLimits;

/** The limits of a credential on an endpoint: its quota, its burst, and the route's own. Made once per pair, and gone with the record. */
export function createLimitsOf(): LimitsOf {
  const kept = new WeakMap<AccessRecord, Map<Endpoint, AppliedLimits>>();
  return (record, endpoint) => {
    let byEndpoint = kept.get(record);
    if (byEndpoint === undefined) {
      byEndpoint = new Map();
      kept.set(record, byEndpoint);
    }
    let applied = byEndpoint.get(endpoint);
    if (applied === undefined) {
      applied = appliedTo(record, endpoint);
      byEndpoint.set(endpoint, applied);
    }
    return applied;
  };
}

function appliedTo(record: AccessRecord, { operationId, limit: ofRoute }: Endpoint): AppliedLimits {
  const { quota, burst } = record.limits;
  const request: [Limit, ...Limit[]] = [named('quota', record, quota), named('burst', record, burst)];
  if (ofRoute !== undefined) {
    const limit = Math.ceil(ofRoute.limit * widening(record));
    request.push(named(operationId, record, { limit, windowSeconds: ofRoute.windowSeconds }));
  }
  return { request, policy: request.map(({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${windowSeconds}`).join(', ') };
}

function named(name: string, { id }: AccessRecord, { limit, windowSeconds }: RateLimit): Limit {
  return { name, key: `${id}:${name}:${windowSeconds}`, limit, windowSeconds };
}

/** A route's limit is meant for its tier's burst: a key with a wider one of its own gets wider routes, or that could not be used. */
function widening({ mode, tier, limits: { burst } }: AccessRecord): number {
  const usual = TIERS[tier].burst;
  const ofBurst = burst.limit / burst.windowSeconds / (usual.limit / usual.windowSeconds);
  return Math.max(mode === 'test' ? TEST_MODE_FACTOR : 1, ofBurst);
}
