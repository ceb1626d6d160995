import { createHmac } from 'node:crypto';
import { listen } from '@portico/service-kit/http/http-listener';
import { silentLogger } from '@portico/service-kit/testing';
import { expect, it } from 'vitest';
import { readProviderCalls } from '../../config.ts';
import { openProviders } from '../open-providers.ts';
import { describePaymentProvider, type SignedBytes } from '../payment-provider-conformance.ts';
import { startSandbox } from './sandbox-testing.ts';

describePaymentProvider('the sandbox', async () => {
  const opened = new AsyncDisposableStack();
  const sandbox = opened.use(await startSandbox());
  const providers = opened.use(await openProviders(sandbox.config, { logger: silentLogger }));
  function signed(type: string, key: string, at: Date): SignedBytes {
    const body = JSON.stringify({ id: 'cb_1', type, data: { idempotencyKey: key } });
    const timestamp = String(at.getTime() / 1_000);
    const signature = createHmac('sha256', sandbox.config.SANDBOX_CALLBACK_SECRET).update(`cb_1.${timestamp}.${body}`).digest('base64');
    const headers = { 'webhook-id': 'cb_1', 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
    return { headers: new Map(Object.entries(headers)), body: Buffer.from(body) };
  }
  return {
    provider: providers.of('live'),
    tokens: {
      succeeds: 'tok_visa',
      refundFails: 'tok_refund_fails',
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
    refundSentBack: (key) => expect.poll(async () => (await sandbox.charges(key))[0]?.refunded, { timeout: 10_000 }).toBe(0),
    signedCallback: (key, at) => signed('charge.succeeded', key, at),
    signedRefundFailure: ({ key }, at) => signed('refund.failed', key, at),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
});

const request = { amount: 1, currency: 'USD', token: 'tok_visa', orderId: 'order_1', description: '' };

it('is called as an operator has set it', async () => {
  await using sandbox = await startSandbox();
  const charge = async (env: Readonly<Record<string, string>>) => {
    await using providers = await openProviders({ ...sandbox.config, calls: readProviderCalls(env) }, { logger: silentLogger });
    const asked = { ...request, key: `key${JSON.stringify(env).replaceAll(/\W/g, '')}`, token: 'tok_flaky' };
    return (await providers.of('test').charge(asked, AbortSignal.timeout(20_000))).kind;
  };
  expect(await charge({})).toBe('succeeded');
  expect(await charge({ SANDBOX_MAX_RETRIES: '0' })).toBe('unknown');
  expect(await charge({ SANDBOX_ENABLE_RETRY: 'false' })).toBe('unknown');
  await expect(charge({ SANDBOX_MAX_RETRIES: '9', SANDBOX_REQUEST_TIMEOUT_MS: '1' })).rejects.toThrow(/sandbox/);
});

it('says that nothing was charged when nobody listens', async () => {
  await using sandbox = await startSandbox();
  await using providers = await openProviders(sandbox.config, { logger: silentLogger });
  await sandbox.kill();
  const kinds: string[] = [];
  for (let i = 0; i < 12; i += 1)
    kinds.push((await providers.of('test').charge({ ...request, key: `k${i}` }, AbortSignal.timeout(20_000))).kind);
  expect(new Set(kinds)).toEqual(new Set(['unavailable']));
});

it('asks nobody and says so, and until when, while the breaker of a provider that only fails is open', async () => {
  let asked = 0;
  await using failing = await listen({
    host: '127.0.0.1',
    port: 0,
    shutdownTimeoutMs: 100,
    handler(req, res) {
      asked += 1;
      const isToken = req.url === '/oauth/token';
      res.writeHead(isToken ? 200 : 500, { 'content-type': 'application/json' });
      res.end(isToken ? '{"access_token":"t","token_type":"Bearer","expires_in":3600}' : '{}');
    },
  });
  await using sandbox = await startSandbox();
  const config = { ...sandbox.config, SANDBOX_PROVIDER_URL: failing.url };
  await using providers = await openProviders(config, { logger: silentLogger });
  const charge = (key: string) => providers.of('test').charge({ ...request, key }, AbortSignal.timeout(20_000));
  const kinds: string[] = [];
  for (let round = 0; round < 8; round += 1) {
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_one, nth) => charge(`k${round}.${nth}`)));
    kinds.push(...outcomes.map(({ kind }) => kind));
  }
  expect(new Set(kinds)).toEqual(new Set(['unknown', 'unavailable']));
  const before = asked;
  expect(await charge('last')).toEqual({ kind: 'unavailable', retryAt: expect.any(Date) });
  expect(asked).toBe(before);
});
