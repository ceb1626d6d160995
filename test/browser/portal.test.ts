// A developer on the portal, from the first page to the first event: each step is one that the requirements name.
import { mkdir } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../stack/send.ts';
import { type Sink, startSink } from '../stack/sink.ts';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { chromiumPath, openChromium } from './open-chromium.ts';
import { openVisitor, signUp, type Visitor } from './open-people.ts';

describe.skipIf(chromiumPath === undefined)('the developer portal, in a browser', () => {
  let stack: Stack;
  let browser: Browser;
  let sink: Sink;
  let ada: Visitor;
  let home: string;
  beforeAll(async () => {
    stack = await startStack({ topology: 'all-in-one', pages: true });
    browser = await openChromium();
    sink = await startSink();
    ada = await openVisitor(browser);
    await mkdir('/tmp/shots', { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await sink?.[Symbol.asyncDispose]();
    await stack?.[Symbol.asyncDispose]();
  });

  it('leads from a sign-up to an account, a key whose secret is shown once, a request that works with it, and its row in the log', async () => {
    const { page } = ada;
    await signUp(stack, ada, { name: 'Ada', email: 'ada@example.com' });
    await page.getByRole('heading', { name: 'Create an account' }).waitFor();
    await page.getByLabel('Name', { exact: false }).first().fill('Analytical Engines');
    await page.getByLabel('Short name').focus();
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByRole('heading', { name: 'API keys' }).waitFor();
    home = new URL(page.url()).pathname.replace(/\/keys$/, '');
    await page.getByRole('button', { name: 'Create a key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('first');
    await dialog.getByRole('button', { name: 'Create the key' }).click();
    const key = await dialog.getByRole('textbox', { name: 'API key' }).inputValue();
    const secret = await dialog.getByRole('textbox', { name: 'Signing secret' }).inputValue();
    expect([key, secret]).toEqual([expect.stringMatching(/^ak_test_/), expect.stringMatching(/^sk_/)]);
    await page.screenshot({ path: '/tmp/shots/secret.png' });
    expect(await dialog.getByRole('button', { name: 'Done' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await dialog.getByLabel('I have stored it').check();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.reload();
    await page.getByRole('link', { name: 'first' }).waitFor();
    expect(await page.content()).not.toContain(secret);
    expect(await send(stack, 'GET', '/api/v1/orders', { key: { key, secret } as never })).toMatchObject({ status: 200 });
    await page.goto(`${stack.url}${home}/requests?mode=test`);
    await page.getByRole('cell', { name: 'GET /api/v1/orders' }).waitFor();
    expect(ada.complaints).toEqual([]);
  });

  it('registers a webhook, shows what it was sent, and sends it again', async () => {
    const { page } = ada;
    await page.goto(`${stack.url}${home}/webhooks?mode=test`);
    await page.getByRole('button', { name: 'Register a webhook' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Address').fill(sink.url);
    await dialog.getByRole('combobox', { name: 'Events' }).click();
    await page.getByRole('option', { name: 'customer.created' }).click();
    await page.keyboard.press('Escape');
    await dialog.getByRole('button', { name: 'Register', exact: true }).click();
    expect(await dialog.getByRole('textbox', { name: 'Signing secret' }).inputValue()).toMatch(/^whsec_/);
    await dialog.getByLabel('I have stored it').check();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.screenshot({ path: '/tmp/shots/webhook.png', fullPage: true });
    expect(ada.complaints).toEqual([]);
  });

  it.each([
    { width: 1440, colorScheme: 'light' },
    { width: 390, colorScheme: 'light' },
    { width: 1440, colorScheme: 'dark' },
    { width: 390, colorScheme: 'dark' },
  ] as const)('has pages that fit into $width pixels and complain of nothing, $colorScheme', async ({ width, colorScheme }) => {
    const storageState = await ada.context.storageState();
    const { page, complaints } = await openVisitor(browser, { viewport: { width, height: 844 }, colorScheme, storageState });
    const at = ['', '/keys', '/clients', '/webhooks', '/deliveries', '/requests', '/members', '/changes', '/tickets', '/settings'].map(
      (path) => `${home}${path}?mode=test`,
    );
    for (const path of [...at, '/portal/profile', '/portal/new-account']) {
      await page.goto(`${stack.url}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0);
      expect({ path, width: await page.evaluate<number>('document.documentElement.scrollWidth') }).toEqual({ path, width });
      await page.screenshot({
        path: `/tmp/shots/${width}-${colorScheme}${path.replace(/\?.*/, '').replace(home, '').replaceAll('/', '-')}.png`,
        fullPage: true,
      });
    }
    expect(complaints).toEqual([]);
  });
});
