import { ConfigError } from '@portico/service-kit/config';
import { describe, expect, it } from 'vitest';
import { fixedFlags } from './flags.ts';
import { breakerMinimumCalls, readSettings, withSettings } from './settings.ts';

describe('settings of providers', () => {
  it('are read by the prefix of each, and what is not set stays open', () => {
    const env = {
      ACME_PAY_API_BASE_URL: 'https://sandbox.acme.example/v2',
      ACME_PAY_REQUEST_TIMEOUT_MS: '2000',
      ACME_PAY_MAX_RETRIES: '0',
      ACME_PAY_CIRCUIT_BREAKER_THRESHOLD: '7',
      ACME_PAY_CIRCUIT_BREAKER_TIMEOUT_S: '10',
      ACME_PAY_CACHE_TTL_SECONDS: '60',
      ACME_PAY_RATE_LIMIT_PER_MINUTE: '500',
      ACME_PAY_ENABLE_RETRY: 'false',
      ACME_PAY_DEBUG_MODE: '1',
      GEO_MAX_RETRIES: '',
    };
    expect(readSettings(['acme-pay', 'geo'], env)).toEqual({
      'acme-pay': {
        baseUrl: 'https://sandbox.acme.example/v2',
        timeoutMs: 2_000,
        retriesMax: 0,
        breakerThreshold: 7,
        breakerOpenMs: 10_000,
        cacheTtlMs: 60_000,
        perMinute: 500,
        flags: { ENABLE_RETRY: false, DEBUG_MODE: true },
      },
      geo: { flags: {} },
    });
  });

  it('are refused with all problems of all providers together, by variable', () => {
    const env = {
      A_MAX_RETRIES: '-1',
      A_REQUEST_TIMEOUT_MS: '5s',
      A_API_BASE_URL: 'ftp://x',
      B_ENABLE_CACHING: 'yes',
      B_CACHE_TTL_SECONDS: '1e3',
    };
    const read = (): unknown => readSettings(['a', 'b'], env);
    expect(read).toThrow(ConfigError);
    for (const variable of Object.keys(env)) expect(read).toThrow(new RegExp(`^ {2}${variable}: It must be`, 'm'));
  });

  it('make a breaker that needs ten calls by default, and never opens on as many failures as it bears', () => {
    expect(breakerMinimumCalls(5)).toBe(10);
    for (const threshold of [1, 5, 20]) expect(threshold / breakerMinimumCalls(threshold)).not.toBeGreaterThan(0.5);
  });
});

describe('a provider with settings', () => {
  const declared = {
    name: 'acme-pay',
    baseUrl: 'https://api.acme.example',
    limits: { perMinute: 10, concurrency: 5 },
    operations: {
      get: { method: 'GET', path: '/a', declaration: {} },
      own: { method: 'GET', path: '/b', declaration: { cache: { ttlMs: 1_000 } } },
      never: { method: 'GET', path: '/c', declaration: { cache: 'none' } },
      create: { method: 'POST', path: '/d', declaration: {} },
    },
  };
  const settings = (env: Record<string, string>) => readSettings(['p'], env).p;

  it('has what was set in the place of what it declares, and the rest as it was', () => {
    const env = {
      P_API_BASE_URL: 'https://sandbox.example',
      P_REQUEST_TIMEOUT_MS: '2000',
      P_MAX_RETRIES: '1',
      P_RATE_LIMIT_PER_MINUTE: '7',
    };
    const more = { P_CIRCUIT_BREAKER_THRESHOLD: '3', P_CIRCUIT_BREAKER_TIMEOUT_S: '9', P_CACHE_TTL_SECONDS: '60' };
    expect(withSettings(declared, settings({ ...env, ...more }))).toEqual({
      name: 'acme-pay',
      baseUrl: 'https://sandbox.example',
      deadlineMs: 2_000,
      attemptTimeoutMs: 2_000,
      limits: { perMinute: 7, concurrency: 5 },
      retries: { max: 1 },
      breaker: { minimumCalls: 6, openMs: 9_000 },
      operations: { ...declared.operations, get: { method: 'GET', path: '/a', declaration: { cache: { ttlMs: 60_000 } } } },
    });
  });

  it('is as declared when nothing was set, and keeps no answer when the time is 0', () => {
    expect(withSettings(declared, settings({}))).toEqual({ ...declared, retries: {}, breaker: {} });
    expect(withSettings(declared, settings({ P_CACHE_TTL_SECONDS: '0' })).operations.get.declaration).toEqual({ cache: 'none' });
  });
});

describe('flags', () => {
  it("are the provider's, else those for all, else the default", () => {
    const flags = fixedFlags({ ENABLE_CACHING: false }, { acme: { ENABLE_CACHING: true, DEBUG_MODE: true } });
    expect([flags.isOn('ENABLE_CACHING', 'acme'), flags.isOn('ENABLE_CACHING', 'geo')]).toEqual([true, false]);
    expect([flags.isOn('DEBUG_MODE', 'acme'), flags.isOn('DEBUG_MODE', 'geo')]).toEqual([true, false]);
    expect(flags.isOn('ENABLE_RETRY', 'constructor')).toBe(true);
  });
});
