import { createDeveloperClient, createOperatorClient } from '@portico/admin-server/client';
import { type Browser, lettersTo, openBrowser } from '@portico/admin-server/testing/browser';
import { LETTER_COMES, PASSWORD } from '@portico/admin-server/testing/open-test-sides';
import { within } from '@portico/service-kit/testing-stopwatch';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { send } from '../../stack/send.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

const TARGET = '/api/v1/products?fields=id';

describe.each(TOPOLOGIES)('people, %s', (topology) => {
  let stack: Stack;
  let urls: { developer: string; operator: string };
  beforeAll(async () => {
    stack = await startStack({ topology, shared: true });
    urls = { developer: stack.url, operator: stack.internalUrl };
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  async function developer(email: string): Promise<Browser> {
    const browser = openBrowser(urls);
    await browser.post('developer', '/sign-up/email', { email, password: PASSWORD, name: 'Ada' });
    const token = await vi.waitFor(async () => {
      const found = /\/portal\/confirm-address\?token=(\S+)/.exec((await lettersTo(stack.mailFolder, email))[0]?.text ?? '')?.[1];
      return found ?? Promise.reject(new Error('There is no letter yet.'));
    }, LETTER_COMES);
    expect((await fetch(`${urls.developer}/portal/api/auth/verify-email?token=${token}`)).status).toBe(200);
    expect(await browser.post('developer', '/sign-in/email', { email, password: PASSWORD })).toMatchObject({ status: 200 });
    return browser;
  }

  it('make keys for themselves that open the API, and end them within a second', async () => {
    const client = createDeveloperClient(stack.url, (await developer('ada@example.com')).fetch);
    const { id: accountId } = await client.accounts.create.mutate({ slug: 'ada', name: 'Ada' });
    const made = await client.apiKeys.create.mutate({ accountId, name: 'Portal', mode: 'test', scopes: ['products:read'] });
    const key = { ...made, accountId };
    expect((await send(stack, 'GET', TARGET, { key })).status).toBe(200);
    await client.apiKeys.revoke.mutate({ accountId, id: made.id });
    const status = async (): Promise<number> => (await send(stack, 'GET', TARGET, { key })).status;
    await within(1_000, () => expect.poll(status, { interval: 20 }).toBe(401));
  });

  it('who operate are reached on the internal listener alone, developers on the public one alone', async () => {
    const { password } = await stack.admin.operators.create({ email: 'root@example.com' });
    const browser = openBrowser(urls);
    expect(await browser.post('operator', '/sign-in/email', { email: 'root@example.com', password })).toMatchObject({ status: 200 });
    await browser.post('operator', '/change-password', { currentPassword: password, newPassword: PASSWORD });
    expect(await createOperatorClient(stack.internalUrl, browser.fetch).me.get.query()).toMatchObject({ role: 'admin' });
    for (const [url, prefix] of [
      [stack.url, '/console/api'],
      [stack.internalUrl, '/portal/api'],
    ] as const) {
      for (const path of ['/trpc/me.get', '/auth/get-session']) expect((await browser.fetch(`${url}${prefix}${path}`)).status).toBe(404);
    }
  });
});
