import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Key } from '../stack/credentials.ts';
import { send } from '../stack/send.ts';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { chromiumPath, openChromium } from './open-chromium.ts';
import { openOperator } from './open-operator.ts';

describe.skipIf(chromiumPath === undefined)('a tier, in a browser', () => {
  let stack: Stack;
  let browser: Browser;
  let key: Key;
  beforeAll(async () => {
    stack = await startStack({ topology: 'all-in-one', pages: true });
    browser = await openChromium();
    key = await stack.key({ account: 'acme', mode: 'live', tier: 'free', quota: null, burst: null });
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.[Symbol.asyncDispose]();
  });

  it('is changed after telling whom it concerns, and holds for their keys within a second; the log has both states', async () => {
    const { page, complaints } = await openOperator(stack, browser, { email: 'root@example.com', role: 'admin' });
    const limits = async () => {
      const { headers } = await send(stack, 'GET', '/api/v1/products', { key });
      return headers.get('ratelimit-policy');
    };
    expect(await limits()).toContain('q=100;w=3600');
    await page.getByRole('link', { name: 'Tiers' }).click();
    const free = page.getByRole('region', { name: 'free' });
    await free.getByRole('textbox', { name: 'Quota', exact: true }).fill('250');
    await free.getByRole('button', { name: 'Change the tier free' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('100 an hour → 250 an hour').waitFor();
    await dialog.getByText('acme: 1 key, 0 clients').waitFor();
    expect(await dialog.getByRole('button', { name: 'Change the tier' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Type free to go on').fill('free');
    await dialog.getByRole('button', { name: 'Change the tier' }).click();
    await page.getByText('The tier free is changed.').waitFor();
    await expect.poll(limits, { timeout: 1_000 }).toContain('q=250;w=3600');

    await page.goto(`${stack.internalUrl}/console/admin-log?action=tier.`);
    await page.getByRole('button', { name: /tier\.updated/ }).click();
    const changed = page.getByRole('row', { name: /^quota/ });
    expect(await changed.locator('del').textContent()).toContain('"limit":100');
    expect(await changed.locator('ins').textContent()).toContain('"limit":250');
    expect(complaints).toEqual([]);
  });
});
