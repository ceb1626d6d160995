import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop, type Shop } from '../stack/shop.ts';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { chromiumPath, openChromium } from './open-chromium.ts';

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

describe.skipIf(chromiumPath === undefined)('the documentation, in a browser', () => {
  let stack: Stack;
  let shop: Shop;
  let browser: Browser;
  beforeAll(async () => {
    stack = await startStack({ topology: 'all-in-one', shared: true });
    shop = await openShop(stack);
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.[Symbol.asyncDispose]();
  });

  /** A page with what it complains of, and what it asks of others than our host. */
  async function openPage(options: Parameters<Browser['newPage']>[0]): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith('data:') && !request.url().startsWith(stack.url)) complaints.push(`asks ${request.url()}`);
    });
    return { page, complaints };
  }

  it.each([WIDE, NARROW])('leads from page to page without scripts, each in $width pixels', async (viewport) => {
    const { page, complaints } = await openPage({ viewport, javaScriptEnabled: false });
    await page.goto(`${stack.url}/docs`);
    const menu = page.getByRole('navigation', { name: 'Documentation' });
    const labels = await menu.locator(':scope > ul > li > a').allTextContents();
    expect(labels.length).toBeGreaterThan(8);
    const titles = new Set<string>();
    for (const label of labels) {
      await menu.getByRole('link', { name: label, exact: true }).first().click();
      await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
      expect(await menu.locator('[aria-current=page]').textContent()).toBe(label);
      titles.add(await page.title());
      const { width } = (await page.locator('html').boundingBox()) ?? { width: Number.NaN };
      expect([label, width]).toEqual([label, viewport.width]);
    }
    expect(titles.size).toBe(labels.length);
    expect(complaints).toEqual([]);
  });

  async function openReference(options: Parameters<Browser['newPage']>[0] = {}): Promise<{ page: Page; complaints: string[] }> {
    const opened = await openPage({ viewport: WIDE, ...options });
    await opened.page.goto(`${stack.url}/docs/reference`);
    await opened.page.getByLabel('API key').fill(shop.key.key);
    await opened.page.getByLabel('Signing secret').fill(shop.key.secret);
    return opened;
  }

  /** Opens an operation and sends what is in its form; answers the status that is shown. */
  async function tryOut(page: Page, operationId: string): Promise<string> {
    const block = page.locator(`.opblock[id$="-${operationId}"]`);
    await block.locator('.opblock-summary-control').click();
    await block.getByRole('button', { name: 'Execute' }).click();
    return (await block.locator('.live-responses-table .response .response-col_status').textContent()) ?? '';
  }

  it('signs what is tried in the reference: a read and a write, under its policy', async () => {
    await shop.customer({ name: 'Grace Hopper' });
    const { page, complaints } = await openReference();
    const sent: string[] = [];
    page.on('request', (request) => sent.push(JSON.stringify([request.url(), request.headers(), request.postData()])));
    expect(await tryOut(page, 'listOrders')).toMatch(/^200/);
    expect(await tryOut(page, 'createCustomer')).toMatch(/^201/);
    const { total } = ((await shop.call('GET', '/api/v1/customers?perPage=1')).body as { pagination: { total: number } }).pagination;
    expect(total).toBe(2);
    expect(sent.length).toBe(2);
    expect(sent.filter((request) => request.includes(shop.key.secret))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('shows the code samples of an operation in the reference, in the dark too', async () => {
    const { page } = await openReference({ colorScheme: 'dark' });
    const block = page.locator('.opblock[id$="-listOrders"]');
    await block.locator('.opblock-summary-control').click();
    await block.getByText('Python', { exact: true }).click();
    expect(await block.locator('.samples details[open]').textContent()).toContain('hmac.new(');
    expect(await page.evaluate<boolean>("document.documentElement.classList.contains('dark-mode')")).toBe(true);
  });
});
