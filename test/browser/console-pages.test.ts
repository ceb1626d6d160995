import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../stack/send.ts';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { chromiumPath, openChromium } from './open-chromium.ts';
import { openOperator } from './open-operator.ts';
import type { Visitor } from './open-people.ts';

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };
const LOOKS = [
  [WIDE, 'light'],
  [WIDE, 'dark'],
  [NARROW, 'dark'],
  [NARROW, 'light'],
] as const;
/** Where pictures of all pages are put for whoever wants to look at them. */
const { SHOTS_FOLDER } = process.env;

describe.skipIf(chromiumPath === undefined)('the pages of the console, in a browser', () => {
  let stack: Stack;
  let browser: Browser;
  let visitor: Visitor;
  let paths: Record<string, string>;
  beforeAll(async () => {
    stack = await startStack({ topology: 'all-in-one', pages: true });
    browser = await openChromium();
    const key = await stack.key({ account: 'acme', burst: { limit: 3, windowSeconds: 3_600 } });
    for (let i = 0; i < 5; i += 1) await send(stack, 'GET', `/api/v1/products?page=${i + 1}`, { key });
    await stack.client({ account: 'acme' });
    await stack.admin.serviceTokens.issue({ account: 'acme', mode: 'test', subject: 'service:pages', permissions: ['graph:read'] });
    await stack.admin.audit.flush();
    await stack.admin.usage.rollUp();
    visitor = await openOperator(stack, browser, { email: 'looks@example.com', role: 'admin' });
    const account = `/accounts/${key.accountId}`;
    paths = {
      accounts: '/accounts',
      none: '/accounts?q=nobody',
      account,
      keys: `${account}/keys`,
      key: `${account}/keys/${key.id}`,
      clients: `${account}/clients`,
      members: `${account}/members`,
      webhooks: `${account}/webhooks?mode=test`,
      usage: `${account}/usage`,
      requests: `${account}/requests`,
      'account-tickets': `${account}/tickets`,
      log: `${account}/log`,
      tickets: '/tickets',
      violations: '/violations',
      tiers: '/tiers',
      'signing-keys': '/signing-keys',
      operators: '/operators',
      'admin-log': '/admin-log?action=api_key.',
      profile: '/profile',
    };
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.[Symbol.asyncDispose]();
  });

  it('say nothing to the console, and fit into wide and narrow windows, in the light and in the dark', async () => {
    const { page, complaints } = visitor;
    for (const [name, path] of Object.entries(paths)) {
      await page.goto(`${stack.internalUrl}/console${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expect.poll(() => page.getByRole('status', { name: 'Loading' }).count(), { message: name }).toBe(0);
      for (const [viewport, colorScheme] of LOOKS) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        const width = () => page.evaluate<number>('document.documentElement.scrollWidth');
        await expect.poll(width, { message: name }).toBeLessThanOrEqual(viewport.width);
        await shoot(page, `console-${name}-${viewport.width}-${colorScheme}`);
      }
      expect(complaints, name).toEqual([]);
    }
  });
});

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS_FOLDER === undefined) return;
  await mkdir(SHOTS_FOLDER, { recursive: true });
  await page.screenshot({ path: join(SHOTS_FOLDER, `${name}.png`), fullPage: true });
}
