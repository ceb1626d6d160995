import { type GivenSettings, readSettings } from '@portico/integration-client/settings';
import { ConfigError } from '@portico/service-kit/config';
import { z } from 'zod';
import { PROVIDER_NAMES, type ProviderName } from './payment-provider/payment-provider.ts';

/** How payments reaches the companies that charge cards. Test mode always charges at the sandbox provider. */
export const providerConfig = z.object({
  /** Who charges in live mode. It has to be said: a sandbox that nobody chose would give goods away for test tokens. */
  PAYMENT_PROVIDER: z.enum(
    PROVIDER_NAMES,
    `It must say who charges in live mode: ${PROVIDER_NAMES.join(' or ')}. At the sandbox no money moves.`,
  ),
  /** Where the sandbox provider is; `npm start` brings one along. */
  SANDBOX_PROVIDER_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:4010'),
  SANDBOX_CLIENT_ID: z.string().default('portico'),
  SANDBOX_CLIENT_SECRET: z.string().min(16),
  SANDBOX_CALLBACK_SECRET: z.string().min(16),
  STRIPE_URL: z.url({ protocol: /^https?$/ }).default('https://api.stripe.com'),
  /** `sk_live_…`, or a restricted key that may write payment intents and refunds. */
  STRIPE_API_KEY: z.string().optional(),
  /** `whsec_…` of the endpoint that Stripe sends `payment_intent.*`, `charge.refunded` and what becomes of refunds to. */
  STRIPE_WEBHOOK_SECRET: z.string().optional(),
  /** Shares rate limits, breaker and tokens among processes; without it each has its own. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
});
export type ProviderConfig = z.output<typeof providerConfig> & {
  /** What is set for the calls of each provider; without it, what is declared. */
  calls?: ProviderCalls;
};
export type ProviderCalls = Readonly<Record<ProviderName, GivenSettings>>;

/** `STRIPE_MAX_RETRIES`, `SANDBOX_ENABLE_RETRY`…: what the integration client reads for each provider. Its address has a name of its own here. */
export function readProviderCalls(env: Readonly<Record<string, string | undefined>>): ProviderCalls {
  const { sandbox, stripe } = readSettings(PROVIDER_NAMES, env);
  return { sandbox: { ...sandbox, baseUrl: undefined }, stripe: { ...stripe, baseUrl: undefined } };
}

/** Stripe's credentials, if it is used. Throws ConfigError when one of them is missing. */
export function stripeCredentials({ PAYMENT_PROVIDER, STRIPE_API_KEY: apiKey, STRIPE_WEBHOOK_SECRET: webhookSecret }: ProviderConfig) {
  if (apiKey !== undefined && webhookSecret !== undefined) return { apiKey, webhookSecret };
  if (PAYMENT_PROVIDER === 'stripe' || apiKey !== webhookSecret) {
    throw new ConfigError('STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET are both needed to charge at Stripe: one of them is missing.');
  }
  return undefined;
}
