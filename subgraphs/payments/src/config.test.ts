import { loadConfig } from '@portico/service-kit/config';
import { describe, expect, it } from 'vitest';
import { providerConfig, readProviderCalls, stripeCredentials } from './config.ts';

const SANDBOX = {
  PAYMENT_PROVIDER: 'sandbox',
  SANDBOX_CLIENT_SECRET: 'a-secret-of-the-client',
  SANDBOX_CALLBACK_SECRET: 'a-secret-of-callbacks',
};
const credentials = (given: object) => stripeCredentials(providerConfig.parse({ ...SANDBOX, ...given }));

it('does not choose by itself who charges in live mode', () => {
  const { PAYMENT_PROVIDER: _, ...unsaid } = SANDBOX;
  expect(() => loadConfig(providerConfig, unsaid)).toThrow(/PAYMENT_PROVIDER: It must say who charges in live mode: sandbox or stripe/);
});

describe('what is set for the calls of a provider', () => {
  it('is read by its name, but for its address', () => {
    const { sandbox, stripe } = readProviderCalls({
      STRIPE_MAX_RETRIES: '1',
      SANDBOX_ENABLE_RETRY: 'false',
      STRIPE_API_BASE_URL: 'https://a.example',
    });
    expect(stripe).toMatchObject({ retriesMax: 1, baseUrl: undefined });
    expect(sandbox).toMatchObject({ retriesMax: undefined, flags: { ENABLE_RETRY: false } });
  });

  it('is refused by name when it cannot be', () => {
    const given = { STRIPE_MAX_RETRIES: 'many', SANDBOX_ENABLE_CACHING: 'perhaps' };
    expect(() => readProviderCalls(given)).toThrow(/SANDBOX_ENABLE_CACHING: .*\n.*STRIPE_MAX_RETRIES: /);
  });
});

describe("Stripe's credentials", () => {
  it('are not needed while nobody charges there', () => {
    expect(credentials({})).toBeUndefined();
  });

  it.each([
    [{ PAYMENT_PROVIDER: 'stripe' }],
    [{ PAYMENT_PROVIDER: 'stripe', STRIPE_API_KEY: 'sk_1' }],
    [{ STRIPE_WEBHOOK_SECRET: 'whsec_1' }],
  ])('are refused when one is missing: %j', (given) => {
    expect(() => credentials(given)).toThrow(/STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET/);
  });

  it('are both kept, also for charges that are left from before', () => {
    expect(credentials({ STRIPE_API_KEY: 'sk_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' })).toEqual({ apiKey: 'sk_1', webhookSecret: 'whsec_1' });
  });
});
