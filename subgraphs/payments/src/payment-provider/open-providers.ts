import { AppError } from '@portico/contracts/errors';
import { createClient } from '@portico/integration-client/create-client';
import { fixedSecrets } from '@portico/integration-client/secrets';
import type { SubgraphDependencies } from '@portico/service-kit/subgraph/start-subgraph';
import { type ProviderConfig, stripeCredentials } from '../config.ts';
import type { PaymentProvider, PaymentProviders } from './payment-provider.ts';
import { declareSandbox } from './sandbox/declare-sandbox.ts';
import { sandboxProvider } from './sandbox/sandbox-provider.ts';
import { declareStripe } from './stripe/declare-stripe.ts';
import { stripeProvider } from './stripe/stripe-provider.ts';

export const NO_PROVIDERS: PaymentProviders = {
  of: () => {
    throw new AppError('SERVICE_UNAVAILABLE', 'No payment provider is configured.');
  },
  named: () => undefined,
};

/** The providers that are configured, reached through one client. Test mode charges at the sandbox provider, whoever charges in live mode. */
export async function openProviders(
  config: ProviderConfig,
  { logger, registry }: Pick<SubgraphDependencies, 'logger' | 'registry'>,
): Promise<PaymentProviders & AsyncDisposable> {
  const stripe = stripeCredentials(config);
  const declared = { sandbox: declareSandbox(config.SANDBOX_PROVIDER_URL), stripe: declareStripe(config.STRIPE_URL) };
  const client = createClient({
    providers: declared,
    secrets: fixedSecrets({
      'sandbox/client': { clientId: config.SANDBOX_CLIENT_ID, clientSecret: config.SANDBOX_CLIENT_SECRET },
      'stripe/api-key': stripe?.apiKey ?? 'none',
    }),
    logger,
    redisUrl: config.REDIS_URL,
    settings: config.calls,
    registry,
  });
  const sandbox = sandboxProvider(declared.sandbox, client.sandbox, config.SANDBOX_CALLBACK_SECRET);
  const known = new Map<string, PaymentProvider>([['sandbox', sandbox]]);
  if (stripe !== undefined) known.set('stripe', stripeProvider(declared.stripe, client.stripe, stripe.webhookSecret));
  const live = known.get(config.PAYMENT_PROVIDER) ?? sandbox;
  return {
    of: (mode) => (mode === 'live' ? live : sandbox),
    named: (name) => known.get(name),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}
