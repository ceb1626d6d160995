import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Key } from '../stack/credentials.ts';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { chromiumPath, openChromium } from './open-chromium.ts';
import { openOperator } from './open-operator.ts';

describe.skipIf(chromiumPath === undefined)('the roles of operators, in a browser', () => {
  let stack: Stack;
  let browser: Browser;
  let key: Key;
  beforeAll(async () => {
    stack = await startStack({ topology: 'all-in-one', pages: true });
    browser = await openChromium();
    key = await stack.key({ account: 'acme' });
    await stack.client({ account: 'acme' });
    await stack.admin.serviceTokens.issue({ account: 'acme', mode: 'test', subject: 'service:roles', permissions: ['graph:read'] });
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.[Symbol.asyncDispose]();
  });

  it('let an auditor see every page, and act on none', async () => {
    const { page, complaints } = await openOperator(stack, browser, { email: 'auditor@example.com', role: 'auditor' });
    const account = `/accounts/${key.accountId}`;
    const parts = ['', '/keys', `/keys/${key.id}`, '/clients', '/members', '/usage', '/requests', '/tickets', '/log', '/webhooks'];
    const pages = ['/accounts', '/tickets', '/violations', '/tiers', '/signing-keys', '/operators', ...parts.map((part) => account + part)];
    for (const path of pages) {
      await page.goto(`${stack.internalUrl}/console${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expect.poll(() => page.getByRole('status', { name: 'Loading' }).count(), { message: path }).toBe(0);
      // What opens an entry of the log changes nothing.
      const buttons = await page.getByRole('main').locator('button:not([aria-expanded])').allTextContents();
      expect(buttons, path).toEqual([]);
      expect(await page.getByRole('main').locator('form').count(), path).toBe(0);
    }
    expect(complaints).toEqual([]);
  });

  it('show support no page of operators, and tell in words what the server refuses', async () => {
    const { page } = await openOperator(stack, browser, { email: 'support@example.com', role: 'support' });
    expect(await page.getByRole('navigation').getByRole('link', { name: 'Operators' }).count()).toBe(0);
    await page.goto(`${stack.internalUrl}/console/operators`);
    await page.getByRole('alert').getByText('This needs the role admin or auditor.').waitFor();
    await page
      .getByRole('alert')
      .getByText(/AUTHORIZATION_ERROR · request req_/)
      .waitFor();
  });

  it('hold from the moment that they are taken away: the page asks who it is, and keeps what was typed', async () => {
    const { page } = await openOperator(stack, browser, { email: 'leaves@example.com', role: 'support' });
    await page.goto(`${stack.internalUrl}/console/accounts/${key.accountId}/keys/${key.id}`);
    await page.getByLabel('Name').fill('a name that is kept');
    const { page: admins } = await openOperator(stack, browser, { email: 'root@example.com', role: 'admin' });
    await admins.getByRole('link', { name: 'Operators' }).click();
    await admins
      .getByRole('row', { name: /leaves@example\.com/ })
      .getByRole('button', { name: 'Role' })
      .click();
    await admins.getByRole('combobox', { name: 'Role' }).click();
    await admins.getByRole('option', { name: /^auditor/ }).click();
    await admins.getByRole('button', { name: 'Change the role' }).click();
    await admins.getByRole('row', { name: /leaves@example\.com.*auditor/ }).waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('a name that is kept');
  });
});
