import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../stack/send.ts';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { chromiumPath, openChromium } from './open-chromium.ts';
import { openOperator } from './open-operator.ts';
import type { Visitor } from './open-people.ts';

describe.skipIf(chromiumPath === undefined)('the first administrator, in a browser', () => {
  let stack: Stack;
  let browser: Browser;
  let visitor: Visitor;
  let page: Page;
  beforeAll(async () => {
    stack = await startStack({ topology: 'all-in-one', pages: true });
    browser = await openChromium();
    visitor = await openOperator(stack, browser, { email: 'root@example.com', role: 'admin' });
    page = visitor.page;
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.[Symbol.asyncDispose]();
  });

  it('makes an account and a key with limits of its own, which the API keeps to, and which is refused within a second of its end', async () => {
    await page.getByRole('button', { name: 'New account' }).click();
    await page.getByLabel('Slug').fill('No slug');
    await page.getByLabel('Name').fill('Acme');
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByText('It must be 2 to 39 lower-case letters').waitFor();
    await page.getByLabel('Slug').fill('acme');
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByRole('heading', { name: 'Acme', level: 1 }).waitFor();

    await page.getByRole('link', { name: 'API keys' }).click();
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Name').fill('warehouse');
    await page.getByRole('switch', { name: 'A burst of its own' }).click();
    await page.getByRole('textbox', { name: 'Burst', exact: true }).fill('3');
    await page.getByRole('button', { name: 'Create the key' }).click();
    const key = await page.getByLabel('API key', { exact: true }).inputValue();
    const secret = await page.getByLabel('Signing secret', { exact: true }).inputValue();
    expect(await page.getByRole('button', { name: 'Done' }).isDisabled()).toBe(true);
    await page.getByLabel('I have stored it in a safe place').check();
    await page.getByRole('button', { name: 'Done' }).click();

    const ask = async (): Promise<number> => {
      const given = { key: { id: '', accountId: '', key, secret } };
      return (await send(stack, 'GET', '/api/v1/products', given)).status;
    };
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([200, 200, 200, 429]);

    await page.getByRole('link', { name: 'warehouse' }).click();
    await page.reload();
    await page.getByText('own burst: 3 a minute').waitFor();
    expect(await page.content()).not.toContain(secret);
    await stack.admin.apiKeys.update(keyIdIn(page.url()), { tier: 'free' });
    await page.getByRole('textbox', { name: 'Burst', exact: true }).fill('5');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('own burst: 5 a minute').waitFor();
    // What somebody else changed while the form was open stays.
    expect(await stack.admin.apiKeys.list(accountIdIn(page.url()))).toMatchObject([{ tier: 'free', burst: { limit: 5 } }]);
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByRole('button', { name: 'Revoke the key' }).click();
    await page.getByText('warehouse is revoked.').waitFor();
    await expect.poll(ask, { timeout: 1_000 }).toBe(401);
    await expect.poll(() => page.getByRole('button', { name: 'Revoke', exact: true }).count()).toBe(0);
    // Of what was refused on purpose the browser says so itself.
    expect(visitor.complaints).toEqual([expect.stringContaining('status of 400')]);
  });
});

const keyIdIn = (url: string): string => /key_\w+/.exec(url)?.[0] ?? '';
const accountIdIn = (url: string): string => /acct_\w+/.exec(url)?.[0] ?? '';
