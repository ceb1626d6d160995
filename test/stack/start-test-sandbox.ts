import { type ProviderConfig, providerConfig } from '@portico/payments/config';
import type { Charge } from '@portico/sandbox-provider/books/ledger';
import { start } from '@portico/sandbox-provider/server';
import type { Logger } from '@portico/service-kit/logger';

export type TestSandbox = AsyncDisposable & {
  readonly config: ProviderConfig;
  sendCallbacksTo(publicUrl: string): void;
  /** The charges of an order. */
  chargesOf(orderId: string): Charge[];
};

const CREDENTIALS = { SANDBOX_CLIENT_SECRET: 'the-secret-of-the-client', SANDBOX_CALLBACK_SECRET: 'the-secret-of-callbacks' };

/** A payment provider of a stack's own, whose pending charges are decided soon. */
export async function startTestSandbox(logger: Logger, { pendingMs = 300 }: { pendingMs?: number } = {}): Promise<TestSandbox> {
  const sandbox = await start(
    {
      host: '127.0.0.1',
      port: 0,
      clientId: 'portico',
      clientSecret: CREDENTIALS.SANDBOX_CLIENT_SECRET,
      callbackSecret: CREDENTIALS.SANDBOX_CALLBACK_SECRET,
      pendingMs,
      retryDelaysMs: [100, 500, 2_000],
    },
    { logger },
  );
  return {
    config: providerConfig.parse({ ...CREDENTIALS, PAYMENT_PROVIDER: 'sandbox', SANDBOX_PROVIDER_URL: sandbox.url }),
    sendCallbacksTo: (publicUrl) => sandbox.sendCallbacksTo(`${publicUrl}/api/v1/payments/callbacks/sandbox`),
    chargesOf: (orderId) => sandbox.charges().filter(({ metadata }) => metadata.order === orderId),
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
}
