import type { KeyRecord } from '@portico/contracts/access-records';
import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../rest/rest-request.ts';
import { createLimitsOf } from './applied-limits.ts';

const endpoint: Endpoint = {
  operationId: 'listThings',
  access: { scopes: [] },
  limit: { limit: 60, windowSeconds: 60 },
  serve: () => Promise.reject(new Error('Nobody asks.')),
};

function recordWith(given: Partial<KeyRecord>): KeyRecord {
  return {
    id: 'key_1',
    accountId: 'acct_1',
    mode: 'live',
    name: 'n',
    scopes: [],
    tier: 'pro',
    limits: { quota: { limit: 1_000, windowSeconds: 3_600 }, burst: { limit: 100, windowSeconds: 60 } },
    signingSecret: '',
    signatures: [],
    allowedAddresses: [],
    allowedOrigins: [],
    status: 'active',
    expiresAt: 0,
    ...given,
  };
}

const policyOf = (given: Partial<KeyRecord>): string => createLimitsOf()(recordWith(given), endpoint).policy;
const quota = { limit: 1_000, windowSeconds: 3_600 };

describe('the limits of a credential', () => {
  it('are its quota, its burst, and the one of the route', () => {
    expect(policyOf({})).toBe('"quota";q=1000;w=3600, "burst";q=100;w=60, "listThings";q=60;w=60');
  });

  it('of the route are ten times as wide in test mode', () => {
    expect(policyOf({ mode: 'test' })).toContain('"listThings";q=600;w=60');
  });

  it('of the route widen with a burst that was agreed on, and never narrow', () => {
    expect(policyOf({ limits: { quota, burst: { limit: 50, windowSeconds: 1 } } })).toContain('"listThings";q=1800;w=60');
    expect(policyOf({ limits: { quota, burst: { limit: 1, windowSeconds: 60 } } })).toContain('"listThings";q=60;w=60');
    expect(policyOf({ mode: 'test', limits: { quota, burst: { limit: 7, windowSeconds: 1 } } })).toContain('"listThings";q=600;w=60');
  });

  it('count per credential and, on routes, per operation', () => {
    const keys = createLimitsOf()(recordWith({}), endpoint).request.map(({ key }) => key);
    expect(keys).toEqual(['key_1:quota:3600', 'key_1:burst:60', 'key_1:listThings:60']);
  });

  it('are made once for a record, and anew for the record that replaces it', () => {
    const limitsOf = createLimitsOf();
    const record = recordWith({});
    expect(limitsOf(record, endpoint)).toBe(limitsOf(record, endpoint));
    const changed = recordWith({ limits: { quota: { limit: 5, windowSeconds: 60 }, burst: quota } });
    expect(limitsOf(changed, endpoint).policy).toContain('"quota";q=5;w=60');
  });
});
