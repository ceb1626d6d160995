import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../stack/send.ts';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { chromiumPath, openChromium } from './open-chromium.ts';

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

describe.skipIf(chromiumPath === undefined)('the page of error codes, in a browser', () => {
  let stack: Stack;
  let browser: Browser;
  beforeAll(async () => {
    stack = await startStack({ topology: 'all-in-one', shared: true });
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.[Symbol.asyncDispose]();
  });

  it.each([WIDE, NARROW])('opens at the code that an answer points to, and fits into $width pixels', async (viewport) => {
    const { error } = (await send(stack, 'GET', '/api/v1/orders')).body as { error: { code: string; documentationUrl: string } };
    const page = await browser.newPage({ viewport });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const answer = await page.goto(stack.url + error.documentationUrl);
    expect(answer?.headers()['content-security-policy']).toContain("default-src 'none'");
    expect(await page.title()).toBe('Error codes · Portico');
    const distanceFromTop = async (code: string) =>
      Math.abs((await page.getByRole('heading', { name: code }).boundingBox())?.y ?? Number.NaN);
    await expect.poll(() => distanceFromTop(error.code)).toBeLessThan(viewport.height / 4);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
    await page.getByRole('navigation').getByRole('link', { name: 'UPSTREAM_TIMEOUT' }).click();
    await expect.poll(() => distanceFromTop('UPSTREAM_TIMEOUT')).toBeLessThan(viewport.height / 4);
    expect(complaints).toEqual([]);
    expect(asked).toEqual([`${stack.url}/docs/errors`]);
  });
});
