import { createHmac } from 'node:crypto';
import { silentLogger } from '@portico/service-kit/testing';
import { expect, it } from 'vitest';
import { openProviders } from '../open-providers.ts';
import { describePaymentProvider } from '../payment-provider-conformance.ts';
import { startSandbox } from './sandbox-testing.ts';

describePaymentProvider('the sandbox', async () => {
  const opened = new AsyncDisposableStack();
  const sandbox = opened.use(await startSandbox());
  const providers = opened.use(await openProviders(sandbox.config, { logger: silentLogger }));
  return {
    provider: providers.of('live'),
    tokens: {
      succeeds: 'tok_visa',
      declines: 'tok_declined',
      noFunds: 'tok_insufficient_funds',
      pending: 'tok_pending',
      cuts: 'tok_unknown_outcome',
      hangs: 'tok_timeout',
      flaky: 'tok_flaky',
      busy: 'tok_rate_limited',
      nobody: 'tok_nobody',
    },
    charges: async (key) => (await sandbox.charges(key)).map(({ amount, refunded }) => ({ amount, refunded })),
    refundElsewhere: (key, amount) => sandbox.refund(key, amount),
    signedCallback(key, at) {
      const body = JSON.stringify({ id: 'cb_1', type: 'charge.succeeded', data: { idempotencyKey: key } });
      const timestamp = String(at.getTime() / 1_000);
      const signature = createHmac('sha256', sandbox.config.SANDBOX_CALLBACK_SECRET).update(`cb_1.${timestamp}.${body}`).digest('base64');
      const headers = { 'webhook-id': 'cb_1', 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
      return { headers: new Map(Object.entries(headers)), body: Buffer.from(body) };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
});

it('asks nobody and says so when the provider is gone and its breaker is open', async () => {
  await using sandbox = await startSandbox();
  await using providers = await openProviders(sandbox.config, { logger: silentLogger });
  await sandbox.kill();
  const request = { amount: 1, currency: 'USD', token: 'tok_visa', orderId: 'order_1', description: '' };
  const kinds: string[] = [];
  for (let i = 0; i < 12; i += 1)
    kinds.push((await providers.of('test').charge({ ...request, key: `k${i}` }, AbortSignal.timeout(2_000))).kind);
  expect(kinds.at(-1)).toBe('unavailable');
  expect(kinds).not.toContain('declined');
});
