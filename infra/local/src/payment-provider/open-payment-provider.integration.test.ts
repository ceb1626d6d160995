import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@portico/service-kit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadLocalConfig } from '../config.ts';
import { type OpenPaymentProvider, openPaymentProvider } from './open-payment-provider.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-pay-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (env: Readonly<Record<string, string>> = {}): Promise<OpenPaymentProvider> =>
  openPaymentProvider(loadLocalConfig({ DATA_DIR: folder, ...env }), undefined, silentLogger);
const GIVEN = {
  SANDBOX_PROVIDER_URL: 'http://127.0.0.1:9',
  SANDBOX_CLIENT_SECRET: 'a-secret-of-the-client',
  SANDBOX_CALLBACK_SECRET: 'a-secret-of-callbacks',
};

describe('the payment provider of an all-in-one platform', () => {
  it('is a sandbox of its own, that a second platform on the same data uses too, and that is gone with the first', async () => {
    const first = await open();
    expect(first.resolved.resolved).toContain('embedded');
    const second = await open();
    expect(second.provider).toEqual(first.provider);
    await second[Symbol.asyncDispose]();
    expect((await fetch(`${first.provider.SANDBOX_PROVIDER_URL}/v1/charges`)).status).toBe(401);
    await first[Symbol.asyncDispose]();
    expect(existsSync(join(folder, 'sandbox-provider.json'))).toBe(false);
    await using third = await open();
    expect(third.provider.SANDBOX_CLIENT_SECRET).not.toBe(first.provider.SANDBOX_CLIENT_SECRET);
  });

  it('is one for two platforms that start at the same moment', async () => {
    const [one, other] = await Promise.all([open(), open()]);
    await using _ = one;
    await using __ = other;
    expect(one.provider).toEqual(other.provider);
  });

  it('is the one that is given', async () => {
    await using given = await open(GIVEN);
    expect(given.provider).toMatchObject(GIVEN);
    expect(given.resolved.resolved).toContain('SANDBOX_PROVIDER_URL');
    expect(existsSync(join(folder, 'sandbox-provider.json'))).toBe(false);
  });

  it('is refused by name when what is given does not go together', async () => {
    const { SANDBOX_CALLBACK_SECRET: _, ...rest } = GIVEN;
    await expect(open(rest)).rejects.toThrow('SANDBOX_CALLBACK_SECRET');
  });

  it('has to be named in production, and leaves nothing running when it is not', async () => {
    await expect(open({ NODE_ENV: 'production' })).rejects.toThrow(
      /PAYMENT_PROVIDER: It must say who charges in live mode: sandbox or stripe/,
    );
    expect(existsSync(join(folder, 'sandbox-provider.json'))).toBe(false);
    await using named = await open({ NODE_ENV: 'production', PAYMENT_PROVIDER: 'sandbox' });
    expect(named.provider.PAYMENT_PROVIDER).toBe('sandbox');
  });
});
